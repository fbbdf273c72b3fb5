package org.jetfanout.runner;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jetfanout.plan.BatchPlay;

/**
 * The state of each host of a batch, from its runner's events alone. A host has the worst state
 * that an event gave it, and the reason of its first failure. It is ok only when the runner has
 * come to its end, or all plays that the host is in have ended. Not thread-safe.
 */
public final class HostStates {
    private static final String NO_TASK = "no task ran on it";
    private static final String AGENT_AWAY =
            "tried while the connection was down and no agent" + " was available: ";

    private final Map<String, Host> hosts;
    private final boolean tagged;
    private final PlayProgress progress;

    // Mutable state
    private final Map<State, Integer> counts = new EnumMap<>(State.class);

    /** Of the hosts that are finished. */
    private final Map<State, Integer> finished = new EnumMap<>(State.class);

    private String play = "";
    private String task = "";
    private int taskNumber = 1;
    private int reported;
    private boolean complete;
    private boolean anyTask;
    private long foreign;

    /** Whether a play has begun and no task of it has. */
    private boolean withoutTask;

    /** Whether some play ended without a task: then a host may be ok although no task ran on it. */
    private boolean taskless;

    /** How many plays have begun. */
    private int plays;

    /** Hosts with plays that do not run, because a rule stopped the run; null where none did. */
    private BitSet undone;

    private String stopped = "";

    /** From good to bad. */
    private enum State {
        SILENT,
        OK,
        CHANGED,
        FAILED,
        UNREACHABLE
    }

    /** What is known of one host. */
    private static final class Host {
        /** Its place in the batch, from 0. */
        final int index;

        // Mutable state
        State state = State.SILENT;

        /** Number of the last play in which a task ended on it, as this class counts them. */
        int playedIn;

        int reportedIn;

        /** Whether nothing more comes for it: then its state is its outcome. */
        boolean finished;

        String failure = "";

        /** Whether the host failed by an event that gives no reason. */
        boolean needsReason;

        long unreachedAt;

        Host(int index) {
            this.index = index;
        }
    }

    /** Gives the reasons that events do not: for hosts that are not ok. */
    public interface Reasons {
        /** Why a task failed on a host whose event gives no reason; may be empty. */
        String failed(String host);

        /** Why the runner could not connect to a host; may be empty. */
        String unreachable(String host);

        /** Why a host has no result. */
        String unfinished(String host);
    }

    /**
     * @param names the batch's hosts, by inventory name
     * @param plays the plays of the batch, in order; none where they are unknown
     * @param tagged whether the run is limited to tags: then a host on which no task ran is ok
     */
    public HostStates(Collection<String> names, List<BatchPlay> plays, boolean tagged) {
        this.hosts = new LinkedHashMap<>(names.size() * 4 / 3 + 1);
        this.tagged = tagged;
        this.progress = new PlayProgress(plays, names.size());
        names.forEach(name -> hosts.put(name, new Host(hosts.size())));
        counts.put(State.SILENT, hosts.size());
    }

    /** Whether a host belongs to the batch. */
    public boolean has(String host) {
        return hosts.containsKey(host);
    }

    /** Whether no task has begun and no host was mentioned. */
    public boolean isUntouched() {
        return !anyTask && !complete && count(State.SILENT) == hosts.size();
    }

    /** Whether the runner has come to its end. */
    public boolean isComplete() {
        return complete;
    }

    /**
     * Takes the next event.
     *
     * @param position the byte of the event log at which the event ends
     */
    public void take(RunnerEvent event, long position) {
        if (event instanceof RunnerEvent.TaskEnded ended) {
            reports(ended.host(), ended.changed() ? State.CHANGED : State.OK);
        } else if (event instanceof RunnerEvent.TaskFailed failed) {
            if (reports(failed.host(), State.FAILED)) {
                Host host = hosts.get(failed.host());
                host.failure = PlainText.line(failed.reason());
                host.needsReason = failed.command().isEmpty();
            }
        } else if (event instanceof RunnerEvent.HostUnreachable unreachable) {
            if (reports(unreachable.host(), State.UNREACHABLE)) {
                hosts.get(unreachable.host()).unreachedAt = position;
            }
        } else if (event instanceof RunnerEvent.TaskBegins begins) {
            withoutTask = false;
            anyTask = true;
            begins(begins.play(), begins.task());
        } else if (event instanceof RunnerEvent.PlayBegins begins) {
            endOfPlay();
            plays++;
            progress.begins();
            withoutTask = true;
            begins(begins.play(), "");
        } else if (event instanceof RunnerEvent.PlaybookBegins) {
            endOfPlay();
            begins("", "");
        } else if (event instanceof RunnerEvent.Summary) {
            endOfPlay();
            progress.ends();
            complete = true;
        }
    }

    /**
     * Nothing more comes for a host: if nothing has failed on it, it is well, also if the runner
     * does not come to its end.
     */
    public void finished(String name) {
        Host host = hosts.get(name);
        if (host != null && !host.finished && host.state != State.SILENT) {
            host.finished = true;
            finished.merge(host.state, 1, Integer::sum);
        }
    }

    /**
     * The runner ends after the play that began last. Hosts on which a task of it has ended are
     * finished, if they are in no later play.
     */
    public void playEnded() {
        hosts.forEach(
                (name, host) -> {
                    if (host.playedIn == plays && progress.isLast(host.index)) {
                        finished(name);
                    }
                });
    }

    /** The events that follow are those of another process of the runner, in the same job. */
    public void startsAgain() {
        progress.startsAgain(lost());
    }

    /** The number of the play that began last; 0 where none has, or where it is unknown. */
    public int play() {
        return progress.running();
    }

    private void endOfPlay() {
        taskless |= withoutTask;
        withoutTask = false;
    }

    private void begins(String nextPlay, String nextTask) {
        // a task after a summary: the runner is called twice and has not ended yet
        complete = false;
        play = PlainText.line(nextPlay);
        task = PlainText.line(nextTask);
        taskNumber++;
        reported = 0;
    }

    /** Notes a host's state in this task. Returns false where that is no news. */
    private boolean reports(String name, State next) {
        Host host = hosts.get(name);
        if (host == null) {
            foreign++;
            return false;
        }
        host.playedIn = plays;
        if (host.reportedIn != taskNumber) {
            host.reportedIn = taskNumber;
            reported++;
        }
        // the worse state counts, and the first failure stays
        if (next.compareTo(host.state) <= 0 || host.state.compareTo(State.FAILED) >= 0) {
            return false;
        }
        counts.merge(host.state, -1, Integer::sum);
        counts.merge(next, 1, Integer::sum);
        if (host.finished) {
            finished.merge(host.state, -1, Integer::sum);
            finished.merge(next, 1, Integer::sum);
        }
        host.state = next;
        return true;
    }

    /**
     * The tally of the batch now.
     *
     * @param unreadable how many events could not be read
     */
    public Tally tally(long unreadable) {
        int silent = count(State.SILENT);
        int ok = count(State.OK) + (mayHaveNoTask() ? silent : 0);
        int finishedOk = finished.getOrDefault(State.OK, 0);
        int finishedChanged = finished.getOrDefault(State.CHANGED, 0);
        return new Tally(
                hosts.size(),
                complete ? ok : finishedOk,
                complete ? count(State.CHANGED) : finishedChanged,
                count(State.FAILED),
                count(State.UNREACHABLE),
                complete
                        ? (mayHaveNoTask() ? 0 : silent)
                        : silent
                                + count(State.OK)
                                + count(State.CHANGED)
                                - finishedOk
                                - finishedChanged,
                play,
                task,
                reported,
                complete,
                foreign,
                unreadable);
    }

    /** The outcome of each host that {@link #tally} counts. */
    public OutcomesSoFar soFar() {
        StringBuilder letters = new StringBuilder(hosts.size());
        hosts.values().forEach(host -> letters.append(OutcomesSoFar.letter(soFar(host))));
        return new OutcomesSoFar(letters.toString());
    }

    private Optional<Outcome> soFar(Host host) {
        boolean last = complete || host.finished;
        return switch (host.state) {
            case FAILED -> Optional.of(Outcome.FAILED);
            case UNREACHABLE -> Optional.of(Outcome.UNREACHABLE);
            case CHANGED -> last ? Optional.of(Outcome.CHANGED) : Optional.empty();
            case OK -> last ? Optional.of(Outcome.OK) : Optional.empty();
            case SILENT -> complete && mayHaveNoTask() ? Optional.of(Outcome.OK) : Optional.empty();
        };
    }

    private int count(State state) {
        return counts.getOrDefault(state, 0);
    }

    private boolean mayHaveNoTask() {
        return tagged || taskless;
    }

    /** Places in the batch, from 0, of the hosts that failed or were not reached. */
    public BitSet lost() {
        return where(host -> host.state.compareTo(State.FAILED) >= 0);
    }

    /** Places in the batch of the hosts on which no task has ended since the last play began. */
    public BitSet untouched() {
        return where(host -> host.playedIn < plays);
    }

    private BitSet where(Predicate<Host> wanted) {
        BitSet places = new BitSet(hosts.size());
        hosts.values().stream().filter(wanted).forEach(host -> places.set(host.index));
        return places;
    }

    /**
     * No later play runs. Hosts that have none left keep their state; the others are not started,
     * or unfinished where an earlier play has begun with them. Must be called before {@link
     * #results}.
     *
     * @param places in the batch, from 0, of the hosts that have plays left
     * @param reason why those do not run
     */
    public void stopped(BitSet places, String reason) {
        undone = (BitSet) places.clone();
        stopped = reason;
        complete = true;
    }

    /**
     * The result of each host, in the batch's order.
     *
     * @param reasons for the hosts that are not ok
     * @param withoutAgent whether the runner had no agent at a position of the event log
     * @param shown makes a reason fit to be shown
     */
    public List<HostResult> results(
            Reasons reasons, LongPredicate withoutAgent, UnaryOperator<String> shown) {
        List<HostResult> results = new ArrayList<>(hosts.size());
        hosts.forEach(
                (name, host) ->
                        results.add(
                                switch (host.state) {
                                    case FAILED -> failed(name, host, reasons, shown);
                                    case UNREACHABLE ->
                                            unreachable(
                                                    name,
                                                    withoutAgent.test(host.unreachedAt),
                                                    reasons,
                                                    shown);
                                    case OK, CHANGED, SILENT -> well(name, host, reasons);
                                }));
        return results;
    }

    /** Of a host on which nothing has failed. */
    private HostResult well(String name, Host host, Reasons reasons) {
        boolean silent = host.state == State.SILENT;
        if (undone != null && undone.get(host.index)) {
            return new HostResult(name, silent ? Outcome.NOT_STARTED : Outcome.UNFINISHED, stopped);
        }
        if (!complete && !host.finished && !progress.hasEnded(host.index)) {
            return new HostResult(name, Outcome.UNFINISHED, reasons.unfinished(name));
        }
        if (silent && !mayHaveNoTask()) {
            return new HostResult(name, Outcome.UNFINISHED, NO_TASK);
        }
        return new HostResult(name, host.state == State.CHANGED ? Outcome.CHANGED : Outcome.OK, "");
    }

    private static HostResult failed(
            String name, Host host, Reasons reasons, UnaryOperator<String> shown) {
        String more = host.needsReason ? reasons.failed(name) : "";
        return new HostResult(
                name,
                Outcome.FAILED,
                shown.apply(host.failure + (more.isEmpty() ? "" : ": " + more)));
    }

    private static HostResult unreachable(
            String name, boolean away, Reasons reasons, UnaryOperator<String> shown) {
        String reason = reasons.unreachable(name);
        return new HostResult(
                name,
                away ? Outcome.UNFINISHED : Outcome.UNREACHABLE,
                shown.apply(
                        (away ? AGENT_AWAY : "")
                                + (reason.isEmpty() ? "connection failed" : reason)));
    }
}
