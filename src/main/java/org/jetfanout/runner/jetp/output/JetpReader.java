package org.jetfanout.runner.jetp.output;

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
import org.jetfanout.text.Text;

/**
 * Reads jetp's output. The outcomes come from its events alone. Its text adds reasons that the
 * events do not give. Not thread-safe.
 */
public final class JetpReader implements RunnerReader {
    private static final int LONGEST_LINE = 4 << 10;

    /** How Jetpack's reason begins where a host waited in vain for others. */
    private static final String BARRIER = "barrier failed: ";

    /** jetp's words for a login that was refused, in contrast to a host that does not answer. */
    private static final Pattern LOGIN =
            Pattern.compile("auth|agent|permission denied|publickey", Pattern.CASE_INSENSITIVE);

    private final HostStates hosts;
    private final HostNotes notes;
    private final FatalMessage lastWords = new FatalMessage();
    private final AsyncEnd async;
    private final Map<String, String> unreached = new HashMap<>();
    private final UnaryOperator<String> names;
    private final TextLines text = new TextLines(LONGEST_LINE, this::line);
    private final EventLines events = new EventLines(this::event);

    // Mutable state
    private boolean anyEvent;

    /** The id that the runner's process gave itself. */
    private String process = "";

    private long unreadable;
    private LongPredicate withoutAgent = position -> false;
    private String agentTrouble = "";

    /**
     * @param hosts the batch's hosts, by inventory name
     */
    public JetpReader(Collection<String> hosts) {
        this(hosts, false);
    }

    /**
     * @param hosts the batch's hosts, by inventory name
     * @param tagged whether the run is limited to tags: then a host on which no task ran is ok
     */
    public JetpReader(Collection<String> hosts, boolean tagged) {
        this(hosts, tagged, UnaryOperator.identity());
    }

    /**
     * @param hosts the batch's hosts, by inventory name
     * @param tagged whether the run is limited to tags: then a host on which no task ran is ok
     * @param names replaces the bundle's paths in reasons by those of the control machine
     */
    public JetpReader(Collection<String> hosts, boolean tagged, UnaryOperator<String> names) {
        this(hosts, List.of(), tagged, names);
    }

    /**
     * @param hosts the batch's hosts, by inventory name
     * @param plays the plays of the batch, in order; none where they are unknown
     * @param tagged whether the run is limited to tags: then a host on which no task ran is ok
     * @param names replaces the bundle's paths in reasons by those of the control machine
     */
    public JetpReader(
            Collection<String> hosts,
            List<BatchPlay> plays,
            boolean tagged,
            UnaryOperator<String> names) {
        this.hosts = new HostStates(hosts, plays, tagged);
        this.notes = new HostNotes(this.hosts::has);
        this.async = new AsyncEnd(this.hosts::has);
        this.names = names;
    }

    @Override
    public void read(Stream stream, byte[] bytes) {
        switch (stream) {
            case OUTPUT -> text.read(bytes);
            case EVENTS -> events.read(bytes);
        }
    }

    private void line(String raw) {
        String whole = Text.withoutEscapes(raw);
        if (!whole.isBlank()) {
            JetpLine line = JetpLine.of(whole);
            notes.take(line);
            async.take(line);
            lastWords.take(line, whole);
        }
    }

    private void event(String line) {
        Optional<ObjectNode> event = EventObject.of(line);
        if (event.isEmpty()) {
            unreadable++;
            return;
        }
        anyEvent = true;
        String id = JetpEvents.process(event.get());
        if (!id.equals(process) && !id.isEmpty()) {
            if (!process.isEmpty()) {
                hosts.startsAgain();
            }
            process = id;
        }
        hosts.take(JetpEvents.event(event.get()), events.position());
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
        return lastWords.areOutOfHosts();
    }

    @Override
    public void stopped(BitSet places, String reason) {
        end();
        hosts.stopped(places, reason);
    }

    /**
     * The same as {@link #results(OptionalInt, String)} for a job of which nothing more is known.
     *
     * @param exitCode the runner's; empty where the job is lost
     */
    public List<HostResult> results(OptionalInt exitCode) {
        return results(exitCode, exitCode.isPresent() ? "" : "the job is lost");
    }

    @Override
    public List<HostResult> results(OptionalInt exitCode, String ending) {
        end();
        if (ending.isEmpty() && exitCode.orElse(0) == 1) {
            async.lost(lastWords.line()).ifPresent(this::endsAfterPlay);
        }
        String unfinished = shown(why(exitCode, ending));
        boolean cut = !hosts.isComplete() && !ending.isEmpty();
        List<HostResult> results =
                hosts.results(new FromText(unfinished, cut), withoutAgent, this::shown);
        return agentTrouble.isEmpty() ? results : results.stream().map(this::explained).toList();
    }

    /**
     * Jetpack ended after a play with --async, in which these hosts failed. It has events for
     * failed tasks only.
     */
    private void endsAfterPlay(Map<String, String> lost) {
        lost.forEach(
                (host, reason) -> {
                    if (reason.startsWith(BARRIER)) {
                        hosts.take(
                                new RunnerEvent.TaskFailed(host, "", Optional.empty(), reason),
                                events.position());
                    } else {
                        unreached.put(host, reason);
                        hosts.take(new RunnerEvent.HostUnreachable(host), events.position());
                    }
                });
        hosts.playEnded();
    }

    /** Takes the last lines, which may have no line ends. */
    private void end() {
        text.end();
        events.end();
    }

    /** The reasons that jetp's text gives. */
    private final class FromText implements HostStates.Reasons {
        private final String unfinished;
        private final boolean cut;
        private final String notBegun;

        /**
         * @param unfinished the reason of hosts for which the text gives none
         * @param cut whether something other than the runner ended it, in the middle of a task
         */
        FromText(String unfinished, boolean cut) {
            this.unfinished = unfinished;
            this.cut = cut;
            this.notBegun =
                    shown(
                            unfinished
                                    + "; task '"
                                    + notes.taskName()
                                    + "' had not started on this host: the runner had not yet"
                                    + " connected to it");
        }

        @Override
        public String failed(String host) {
            return notes.error(host);
        }

        @Override
        public String unreachable(String host) {
            String reason = notes.unreached(host);
            return reason.isEmpty() ? unreached.getOrDefault(host, "") : reason;
        }

        @Override
        public String unfinished(String host) {
            return cut && notes.isWaiting(host) ? notBegun : unfinished;
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

    @Override
    public boolean refused(OptionalInt exitCode) {
        end();
        return exitCode.isPresent()
                && exitCode.getAsInt() == 1
                && hosts.isUntouched()
                && lastWords.areRefusal();
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
        if (!lastWords.panic().isEmpty()) {
            return lastWords.panic();
        }
        String broken = lastWords.brokenFile();
        if (!broken.isEmpty()) {
            return lastWords.withLine(names.apply(broken));
        }
        if (code == 1 && async.lost(lastWords.line()).isPresent()) {
            return lastWords.line() + ", so Jetpack ended after this play (--async)";
        }
        if (code != 0 && !lastWords.line().isEmpty()) {
            return lastWords.line();
        }
        return "the runner ended with exit code "
                + code
                + (anyEvent
                        ? " before it printed a summary"
                        : " and wrote no events: check that" + " it is jetp");
    }
}
