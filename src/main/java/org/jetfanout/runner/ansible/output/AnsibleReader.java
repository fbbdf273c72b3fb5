package org.jetfanout.runner.ansible.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
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
 * Reads ansible's output. The outcomes come from the events of our callback plugin alone; the text
 * says why ansible broke off. The exit code alone says nothing: it is 0 for a host that failed
 * before {@code meta: clear_host_errors}, and 2 where only other hosts failed. Not thread-safe.
 */
public final class AnsibleReader implements RunnerReader {
    private static final int LONGEST_LINE = 4 << 10;

    /** The place of each count in an event with counts. */
    private static final int CHANGED = 1;

    private static final int UNREACHABLE = 2;
    private static final int FAILURES = 3;

    /** ssh's words for a login that was refused, in contrast to a host that does not answer. */
    private static final Pattern LOGIN =
            Pattern.compile("auth|agent|permission denied|publickey", Pattern.CASE_INSENSITIVE);

    private final HostStates hosts;
    private final List<String> names;
    private final Map<String, Integer> places;
    private final boolean tagged;

    /** The numbers of the plays that have hosts of the batch; none where they are unknown. */
    private final Set<Integer> numbers = new HashSet<>();

    private final AnsiblePlays plays;
    private final FinalError finalError = new FinalError();
    private final UnaryOperator<String> shownNames;
    private final TextLines text = new TextLines(LONGEST_LINE, this::line);
    private final EventLines events = new EventLines(this::event);

    // Mutable state
    /** Why hosts were not reached, each in one line. */
    private final Map<String, String> unreached = new HashMap<>();

    private boolean anyEvent;

    /** The number of the last event of this process of ansible. */
    private long sequence;

    private long missing;
    private long unreadable;
    private LongPredicate withoutAgent = position -> false;
    private String agentTrouble = "";

    /**
     * @param hosts the batch's hosts, by inventory name
     * @param plays the plays of the batch, in order; none where they are unknown
     * @param tagged whether the run is limited to tags: then a host that no play addresses is ok
     * @param names replaces the bundle's paths in reasons by those of the control machine
     */
    public AnsibleReader(
            Collection<String> hosts,
            List<BatchPlay> plays,
            boolean tagged,
            UnaryOperator<String> names) {
        // a host without a task is ok: its tasks may have been left out by tags or meta: end_host
        this.hosts = new HostStates(hosts, plays, true);
        this.names = List.copyOf(hosts);
        this.places = new HashMap<>(hosts.size() * 4 / 3 + 1);
        this.names.forEach(name -> places.put(name, places.size()));
        this.tagged = tagged;
        plays.forEach(play -> numbers.add(play.number()));
        this.plays = new AnsiblePlays(name -> places.getOrDefault(name, -1));
        this.shownNames = names;
    }

    @Override
    public void read(Stream stream, byte[] bytes) {
        switch (stream) {
            case OUTPUT -> text.read(bytes);
            case EVENTS -> events.read(bytes);
        }
    }

    private void line(String raw) {
        finalError.take(Text.withoutEscapes(raw).stripTrailing());
    }

    private void event(String line) {
        Optional<ObjectNode> parsed = EventObject.of(line);
        if (parsed.isEmpty()) {
            unreadable++;
            return;
        }
        ObjectNode event = parsed.get();
        String name = AnsibleEvents.text(event, "event");
        if (name.equals(AnsibleEvents.START)) {
            if (anyEvent) {
                hosts.startsAgain();
            }
            sequence = 0;
        }
        anyEvent = true;
        count(event.path("seq").asLong(), name);
        plays.take(event);
        if (name.equals(AnsibleEvents.STATS)) {
            counts(event.path("hosts"));
        } else if (!name.equals(AnsibleEvents.PLAY) || isNext(event)) {
            RunnerEvent meaning = AnsibleEvents.event(event);
            note(event, meaning);
            hosts.take(meaning, events.position());
        }
    }

    /** Finds the gaps in the numbers of the events. */
    private void count(long number, String name) {
        if (number > sequence + 1) {
            missing += number - sequence - 1;
        }
        if (number > sequence) {
            sequence = number;
        }
        if (name.equals(AnsibleEvents.ERROR)) {
            missing++;
        }
    }

    /** Whether a play begins that has hosts of the batch, and not only its next part. */
    private boolean isNext(ObjectNode event) {
        return event.path("start").asInt(1) == 1
                && (numbers.isEmpty() || numbers.contains(event.path("number").asInt()));
    }

    /** Keeps why a host was not reached; only the first time counts. */
    private void note(ObjectNode event, RunnerEvent meaning) {
        if (meaning instanceof RunnerEvent.HostUnreachable unreachable
                && hosts.has(unreachable.host())) {
            unreached.putIfAbsent(unreachable.host(), AnsibleFailure.of(event).ofConnection());
        }
    }

    /** What ansible counted holds where an event of a host is missing. */
    private void counts(JsonNode counted) {
        counted.properties()
                .forEach(
                        host -> {
                            if (hosts.has(host.getKey())) {
                                counts(host.getKey(), host.getValue());
                            }
                        });
    }

    private void counts(String host, JsonNode counts) {
        if (counts.path(UNREACHABLE).asLong() > 0) {
            hosts.take(new RunnerEvent.HostUnreachable(host), events.position());
        } else if (counts.path(FAILURES).asLong() > 0) {
            hosts.take(new RunnerEvent.TaskFailed(host, "", Optional.empty()), events.position());
        }
        hosts.take(
                new RunnerEvent.TaskEnded(host, "", counts.path(CHANGED).asLong() > 0, false, ""),
                events.position());
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
        Tally tally = hosts.tally(unreadable + missing);
        if (!tally.complete() || plays.areDone(names.size())) {
            return tally;
        }
        int ok = 0;
        int changed = 0;
        for (HostResult result : checkedResults(false, "")) {
            ok += result.outcome() == Outcome.OK ? 1 : 0;
            changed += result.outcome() == Outcome.CHANGED ? 1 : 0;
        }
        return new Tally(
                tally.hosts(),
                ok,
                changed,
                tally.failed(),
                tally.unreachable(),
                tally.hosts() - ok - changed - tally.failed() - tally.unreachable(),
                tally.play(),
                tally.task(),
                tally.reported(),
                true,
                tally.foreign(),
                tally.unreadable());
    }

    @Override
    public OutcomesSoFar soFar() {
        OutcomesSoFar told = hosts.soFar();
        if (!hosts.isComplete() || plays.areDone(names.size())) {
            return told;
        }
        StringBuilder letters = new StringBuilder(told.size());
        for (HostResult result : checkedResults(false, "")) {
            boolean well = result.outcome() == Outcome.OK || result.outcome() == Outcome.CHANGED;
            Optional<Outcome> bad =
                    told.at(letters.length())
                            .filter(it -> it == Outcome.FAILED || it == Outcome.UNREACHABLE);
            letters.append(OutcomesSoFar.letter(well ? Optional.of(result.outcome()) : bad));
        }
        return new OutcomesSoFar(letters.toString());
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
        return hosts.isComplete() && plays.ranOut();
    }

    @Override
    public void stopped(BitSet undone, String reason) {
        end();
        hosts.stopped(undone, reason);
    }

    @Override
    public List<HostResult> results(OptionalInt exitCode, String ending) {
        end();
        boolean unsure = missing > 0 && exitCode.orElse(1) != 0;
        return checkedResults(unsure, shown(why(exitCode, ending)));
    }

    private List<HostResult> checkedResults(boolean unsure, String unfinished) {
        List<HostResult> results = new ArrayList<>(names.size());
        for (HostResult result : hosts.results(new Kept(unfinished), withoutAgent, this::shown)) {
            results.add(explained(checked(result, unsure)));
        }
        return results;
    }

    /** A host on which nothing failed is not ok if ansible did not come to its end with it. */
    private HostResult checked(HostResult result, boolean unsure) {
        if (result.outcome() != Outcome.OK && result.outcome() != Outcome.CHANGED) {
            return result;
        }
        int place = places.get(result.host());
        String why = plays.brokenOff(place, tagged);
        if (why.isEmpty() && unsure) {
            why =
                    missing
                            + " events of the runner are missing, so nobody knows whether it came"
                            + " to its end";
        }
        return why.isEmpty()
                ? result
                : new HostResult(result.host(), Outcome.UNFINISHED, shown(why));
    }

    /** Takes the last lines, which may have no line ends. */
    private void end() {
        text.end();
        events.end();
    }

    /** The reasons that the events gave. */
    private final class Kept implements HostStates.Reasons {
        private final String unfinished;

        Kept(String unfinished) {
            this.unfinished = unfinished;
        }

        @Override
        public String failed(String host) {
            // the event has it
            return "";
        }

        @Override
        public String unreachable(String host) {
            return unreached.getOrDefault(host, "");
        }

        @Override
        public String unfinished(String host) {
            return unfinished;
        }
    }

    /** Adds what is known about the agent to the reason of a refused login. */
    private HostResult explained(HostResult result) {
        String reason = result.reason();
        return !agentTrouble.isEmpty()
                        && result.outcome() == Outcome.UNREACHABLE
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
        int code = exitCode.orElse(0);
        return code > 0 && code <= 128 && hosts.isUntouched() && !finalError.error().isEmpty();
    }

    private String shown(String reason) {
        return PlainText.line(shownNames.apply(reason));
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
        if (!finalError.error().isEmpty()) {
            return finalError.error();
        }
        if (code != 0 && !finalError.line().isEmpty()) {
            return finalError.line();
        }
        return "the runner ended with exit code "
                + code
                + (anyEvent
                        ? " before its last event"
                        : " and wrote no events: check that it is ansible-playbook");
    }
}
