package org.jetfanout.runner.described;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.runner.EventLines;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.OutcomesSoFar;
import org.jetfanout.runner.RunnerReader;
import org.jetfanout.runner.Stream;
import org.jetfanout.runner.Tally;
import org.jetfanout.runner.TextLines;
import org.jetfanout.runner.described.ExitMeanings.Meaning;
import org.jetfanout.runner.described.LineRule.Kind;
import org.jetfanout.runner.events.PlainReader;
import org.jetfanout.text.Quoted;

/**
 * Reads the output of a runner that has a description. Its rules turn lines into plain events, or
 * its filter has written those on the worker. Where a line could not be read to the end, or the
 * filter failed, no host is ok that another line may have said to have failed. Not thread-safe.
 */
final class DescribedReader implements RunnerReader {
    private static final int LONGEST_LINE = 4 << 10;

    /** What described.sh writes when a filter has failed. */
    private static final Pattern FILTER_FAILED =
            Pattern.compile("\\{\"event\":\"filter_failed\",\"reason\":\"([^\"\\\\]*)\"\\}");

    private final Definition definition;
    private final RunnerReader plain;
    private final LineRules rules;
    private final boolean hasRules;
    private final TextLines text = new TextLines(LONGEST_LINE, this::line);
    private final EventLines events = new EventLines(this::event);

    // Mutable state
    /** Why the output cannot be trusted to be known whole; empty where it can. */
    private String trouble = "";

    private boolean ended;

    /**
     * @param hosts the batch's hosts, by inventory name
     * @param names replaces the bundle's paths in reasons by those of the control machine
     */
    DescribedReader(Definition definition, Collection<String> hosts, UnaryOperator<String> names) {
        this.definition = definition;
        this.plain = new PlainReader(hosts, List.of(), false, names);
        this.rules = new LineRules(definition.output().rules());
        this.hasRules = !definition.output().rules().isEmpty();
    }

    @Override
    public void read(Stream stream, byte[] bytes) {
        if (stream == Stream.OUTPUT) {
            plain.read(stream, bytes);
            if (hasRules) {
                text.read(bytes);
            }
        } else if (!hasRules) {
            plain.read(stream, bytes);
            events.read(bytes);
        }
    }

    private void line(String raw) {
        LineRules.Meaning meaning = rules.read(raw);
        if (meaning.tooLong() > 0 && trouble.isEmpty()) {
            trouble =
                    Quoted.visible(definition.file().toString())
                            + ":"
                            + meaning.tooLong()
                            + ": the pattern took too many steps on a line of the runner's output,"
                            + " so what that line says is unknown: write it so that fewer parts of"
                            + " it can match the same text";
        }
        Kind kind = meaning.kind();
        if (kind.isResult() || kind == Kind.TASK || kind == Kind.END) {
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("event", kind.word());
            event.put("host", meaning.host());
            event.put(kind == Kind.TASK ? "name" : "reason", meaning.text());
            event.put("final", meaning.isFinal());
            tell(JsonText.of(event));
        }
    }

    private void event(String line) {
        Matcher failed = FILTER_FAILED.matcher(line);
        if (failed.matches() && trouble.isEmpty()) {
            trouble = failed.group(1);
        }
    }

    private void tell(String event) {
        plain.read(Stream.EVENTS, (event + "\n").getBytes(UTF_8));
    }

    @Override
    public void withoutAgent(LongPredicate spells) {
        plain.withoutAgent(spells);
    }

    @Override
    public void agentTrouble(String reason) {
        plain.agentTrouble(reason);
    }

    @Override
    public Tally tally() {
        return plain.tally();
    }

    @Override
    public OutcomesSoFar soFar() {
        return plain.soFar();
    }

    @Override
    public int play() {
        return plain.play();
    }

    @Override
    public BitSet lost() {
        return plain.lost();
    }

    @Override
    public BitSet untouched() {
        return plain.untouched();
    }

    @Override
    public boolean ranOutOfHosts() {
        return plain.ranOutOfHosts();
    }

    @Override
    public void stopped(BitSet places, String reason) {
        end();
        plain.stopped(places, reason);
    }

    @Override
    public List<HostResult> results(OptionalInt exitCode, String ending) {
        end();
        if (!trouble.isEmpty()) {
            // takes back an end that was told
            tell("\n{\"event\":\"task\",\"name\":\"\"}");
            return plain.results(exitCode, ending.isEmpty() ? trouble : ending);
        }
        if (ending.isEmpty() && means(exitCode, Meaning.ENDED) && !ended) {
            ended = true;
            tell("\n{\"event\":\"end\"}");
        }
        return plain.results(exitCode, ending);
    }

    @Override
    public boolean refused(OptionalInt exitCode) {
        end();
        Tally tally = plain.tally();
        return means(exitCode, Meaning.REFUSED)
                && tally.unfinished() == tally.hosts()
                && tally.reported() == 0
                && tally.task().isEmpty();
    }

    private boolean means(OptionalInt exitCode, Meaning meaning) {
        return exitCode.isPresent() && definition.exits().is(exitCode.getAsInt(), meaning);
    }

    /** Takes the last line, which may have no line end. */
    private void end() {
        if (hasRules) {
            text.end();
        }
        events.end();
    }
}
