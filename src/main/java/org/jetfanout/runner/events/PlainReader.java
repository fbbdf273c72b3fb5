package org.jetfanout.runner.events;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.runner.EventLines;
import org.jetfanout.runner.EventObject;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.HostStates;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.OutcomesSoFar;
import org.jetfanout.runner.PlainText;
import org.jetfanout.runner.RunnerEvent;
import org.jetfanout.runner.RunnerReader;
import org.jetfanout.runner.Stream;
import org.jetfanout.runner.Tally;
import org.jetfanout.runner.TextLines;

/**
 * Reads the output of a runner that writes plain events. The outcomes come from the events alone.
 * Where an event gives no reason, the last line of the host is the reason. Not thread-safe.
 */
public final class PlainReader implements RunnerReader {
    private static final int LONGEST_LINE = 4 << 10;

    /** Exit codes of a runner that does not accept what it was given: usage, configuration. */
    private static final List<Integer> REFUSALS = List.of(64, 78);

    /** Words for a login that was refused, in contrast to a host that does not answer. */
    private static final Pattern LOGIN =
            Pattern.compile("auth|agent|permission denied|publickey", Pattern.CASE_INSENSITIVE);

    private final HostStates hosts;
    private final LastWords lastWords;
    private final UnaryOperator<String> names;
    private final TextLines text;
    private final EventLines events = new EventLines(this::event);

    // Mutable state
    /** The first reason that events give for a host. */
    private final Map<String, String> given = new HashMap<>();

    private String task = "";
    private boolean anyEvent;
    private long unreadable;
    private LongPredicate withoutAgent = position -> false;
    private String agentTrouble = "";

    /**
     * @param hosts the batch's hosts, by inventory name
     * @param plays the plays of the batch, in order; none where there are no plays
     * @param tagged whether a host without a task is ok
     * @param names replaces the bundle's paths in reasons by those of the control machine
     */
    public PlainReader(
            Collection<String> hosts,
            List<BatchPlay> plays,
            boolean tagged,
            UnaryOperator<String> names) {
        this.hosts = new HostStates(hosts, plays, tagged);
        this.lastWords = new LastWords(this.hosts::has);
        this.text = new TextLines(LONGEST_LINE, lastWords::take);
        this.names = names;
    }

    @Override
    public void read(Stream stream, byte[] bytes) {
        switch (stream) {
            case OUTPUT -> text.read(bytes);
            case EVENTS -> events.read(bytes);
        }
    }

    private void event(String line) {
        Optional<ObjectNode> parsed = EventObject.of(line);
        if (parsed.isEmpty()) {
            unreadable++;
            return;
        }
        anyEvent = true;
        ObjectNode fields = parsed.get();
        RunnerEvent event = PlainEvents.event(fields, task);
        if (event instanceof RunnerEvent.TaskBegins begins) {
            task = begins.task();
        }
        String host = EventObject.text(fields, PlainEvents.HOST);
        if (hosts.has(host)) {
            if (event instanceof RunnerEvent.TaskFailed
                    || event instanceof RunnerEvent.HostUnreachable) {
                given.putIfAbsent(
                        host, PlainText.line(EventObject.text(fields, PlainEvents.REASON)));
            }
        }
        hosts.take(event, events.position());
        if (PlainEvents.isFinal(fields)) {
            hosts.finished(host);
        }
    }

    @Override
    public void withoutAgent(LongPredicate spells) {
        withoutAgent = spells;
    }

    @Override
    public void agentTrouble(String reason) {
        agentTrouble = reason;
    }

    @Override
    public Tally tally() {
        return hosts.tally(unreadable);
    }

    @Override
    public OutcomesSoFar soFar() {
        return hosts.soFar();
    }

    @Override
    public int play() {
        return hosts.play();
    }

    @Override
    public BitSet lost() {
        return hosts.lost();
    }

    @Override
    public BitSet untouched() {
        return hosts.untouched();
    }

    @Override
    public boolean ranOutOfHosts() {
        return false;
    }

    @Override
    public void stopped(BitSet places, String reason) {
        end();
        hosts.stopped(places, reason);
    }

    @Override
    public List<HostResult> results(OptionalInt exitCode, String ending) {
        end();
        List<HostResult> results =
                hosts.results(
                        new FromText(shown(why(exitCode, ending))), withoutAgent, this::shown);
        return agentTrouble.isEmpty() ? results : results.stream().map(this::explained).toList();
    }

    @Override
    public boolean refused(OptionalInt exitCode) {
        end();
        return exitCode.isPresent()
                && REFUSALS.contains(exitCode.getAsInt())
                && hosts.isUntouched();
    }

    /** Takes the last lines, which may have no line ends. */
    private void end() {
        text.end();
        events.end();
    }

    /** The reasons: of the event, else the last line. */
    private final class FromText implements HostStates.Reasons {
        private final String unfinished;

        FromText(String unfinished) {
            this.unfinished = unfinished;
        }

        @Override
        public String failed(String host) {
            return given.getOrDefault(host, "").isEmpty() ? lastWords.of(host) : "";
        }

        @Override
        public String unreachable(String host) {
            String reason = given.getOrDefault(host, "");
            return reason.isEmpty() ? lastWords.of(host) : reason;
        }

        @Override
        public String unfinished(String host) {
            return unfinished;
        }
    }

    /** Adds what is known about the agent to the reason of a refused login. */
    private HostResult explained(HostResult result) {
        String reason = result.reason();
        return result.outcome() == Outcome.UNREACHABLE
                        && (reason.isEmpty() || LOGIN.matcher(reason).find())
                ? new HostResult(
                        result.host(),
                        result.outcome(),
                        reason + (reason.isEmpty() ? "" : "; ") + agentTrouble)
                : result;
    }

    private String shown(String reason) {
        return PlainText.line(names.apply(reason));
    }

    /** Why the runner did not come to its end. */
    private String why(OptionalInt exitCode, String ending) {
        if (!ending.isEmpty()) {
            return ending;
        }
        int code = exitCode.orElse(0);
        if (code > 128 && code <= 192) {
            return "a signal ended the runner: signal "
                    + (code - 128)
                    + " (exit code "
                    + code
                    + ")";
        }
        if (code != 0 && !lastWords.ofRunner().isEmpty()) {
            return lastWords.ofRunner();
        }
        return "the runner ended with exit code "
                + code
                + (anyEvent ? " before it wrote the event 'end'" : " and wrote no events");
    }
}
