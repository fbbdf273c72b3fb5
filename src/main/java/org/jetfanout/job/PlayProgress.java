package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a job is in its plays, as its worker says, and what the control machine has decided about
 * the rest. A decision is sent when the worker waits for it, and once more on each connection until
 * the worker has acted on it. Thread-safe.
 */
final class PlayProgress {
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,6})(?: (\\d{1,3}))?");

    private final List<Integer> barriers;
    private final TimeLimits limits;
    private final InstantSource clock;

    // Mutable state, guarded by this: what the worker says
    private boolean heard;
    private int reached;
    private int passed;
    private int start = 1;

    /** Where the job waits; null while it does not. */
    private Halt halt;

    // Mutable state, guarded by this: what is decided
    private int open;
    private boolean stopped;
    private boolean closed;

    /** For the next start of the runner; null where there is none. */
    private byte[] files;

    // Mutable state, guarded by this: the connection
    private Consumer<byte[]> stdin = bytes -> {};
    private boolean heardHere;
    private boolean sentHere;

    /** The job waits at a barrier, or without a runner. */
    private record Halt(int barrier, Optional<RunnerEnd> runnerEnd) {}

    PlayProgress(JobSpec spec, TimeLimits limits, InstantSource clock) {
        this.barriers = spec.barriers();
        this.limits = limits;
        this.clock = clock;
    }

    /** A connection begins. */
    synchronized void connects() {
        stdin = bytes -> {};
        heardHere = false;
        sentHere = false;
    }

    /** Where the decisions of this connection go. */
    synchronized void goTo(Consumer<byte[]> taker) {
        stdin = taker;
    }

    /** Whether the job waits for a decision: that time is not its own. */
    synchronized boolean isWaiting() {
        return halt != null && !isDecided();
    }

    synchronized OptionalInt atBarrier() {
        return isWaiting() && halt.runnerEnd().isEmpty()
                ? OptionalInt.of(halt.barrier())
                : OptionalInt.empty();
    }

    synchronized Optional<RunnerEnd> runnerEnded() {
        return isWaiting() ? halt.runnerEnd() : Optional.empty();
    }

    synchronized int passed() {
        return passed;
    }

    synchronized void go(int play) {
        open = Math.max(open, play);
        answer();
    }

    synchronized void stop() {
        stopped = true;
        answer();
    }

    synchronized void close() {
        closed = true;
        answer();
    }

    synchronized void again(byte[] tarGz) {
        if (runnerEnded().isPresent()) {
            files = tarGz;
            answer();
        }
    }

    /** The job is being ended: nothing is decided about it any more. */
    synchronized void ends() {
        halt = null;
    }

    /**
     * Takes a step that the worker reports.
     *
     * @return whether the job can have taken it
     */
    synchronized boolean hear(ScriptLine line) {
        Matcher numbers = NUMBERS.matcher(line.rest());
        if (!numbers.matches()) {
            return false;
        }
        int number = Integer.parseInt(numbers.group(1));
        boolean known = heard;
        heard = true;
        return switch (line.kind()) {
            case BARRIER -> barrier(number);
            case PASSED -> barriers.contains(number) && passed(number, known);
            case STOPPED -> barriers.contains(number) && stopped(known);
            case AGAIN -> again(number, known);
            case RUNNER_ENDED ->
                    numbers.group(2) != null
                            && runnerEnded(number, Integer.parseInt(numbers.group(2)), known);
            default -> false;
        };
    }

    private boolean barrier(int play) {
        Halt next = new Halt(play, Optional.empty());
        boolean forward = play > passed && (play > reached || (play == reached && !heardHere));
        boolean left = isWaiting() && !halt.equals(next);
        boolean withoutRunner = halt != null && halt.runnerEnd().isPresent() && files == null;
        if (!barriers.contains(play) || !forward || left || withoutRunner) {
            return false;
        }
        if (files != null) {
            begins(start + 1);
        }
        // what it was told it has done by now
        passed = reached < play ? Math.max(passed, Math.min(reached, open)) : passed;
        reached = play;
        halts(next);
        return true;
    }

    private boolean passed(int play, boolean known) {
        if (play < passed || (known && play > open)) {
            return false;
        }
        passed = play;
        reached = Math.max(reached, play);
        open = Math.max(open, play);
        runs();
        return true;
    }

    /** The runner was stopped at a barrier: the job ends. */
    private boolean stopped(boolean known) {
        if (known && !stopped) {
            return false;
        }
        runs();
        return true;
    }

    private boolean again(int next, boolean known) {
        boolean sent = files != null && next == start + 1;
        boolean possible = sent || next == start || !known;
        if (possible) {
            begins(next);
            runs();
        }
        return possible;
    }

    private void begins(int next) {
        start = next;
        files = null;
        heardHere = false;
    }

    private boolean runnerEnded(int ended, int exitCode, boolean known) {
        RunnerEnd end = new RunnerEnd(ended, exitCode);
        boolean next = files != null && ended == start + 1;
        boolean repeated = halt != null && halt.runnerEnd().isPresent() && heardHere && !next;
        boolean left = passed < barriers.get(barriers.size() - 1);
        boolean possible = ended == start || next || (!known && ended <= barriers.size() + 1);
        if (!left || repeated || !possible) {
            return false;
        }
        if (ended != start) {
            begins(ended);
        }
        halts(new Halt(0, Optional.of(end)));
        return true;
    }

    private void halts(Halt where) {
        halt = where;
        heardHere = true;
        sentHere = false;
        if (isWaiting()) {
            limits.pauses(clock.instant());
        } else {
            answer();
        }
    }

    private void runs() {
        halt = null;
        heardHere = true;
        limits.runs(clock.instant());
    }

    /** Sends what is decided about where the job waits, if the worker waits for that here. */
    private void answer() {
        if (halt == null || !isDecided()) {
            return;
        }
        limits.runs(clock.instant());
        if (heardHere && !sentHere) {
            sentHere = true;
            send();
        }
    }

    private boolean isDecided() {
        return halt.runnerEnd().isEmpty()
                ? stopped || halt.barrier() <= open
                : stopped || closed || files != null;
    }

    private void send() {
        if (halt.runnerEnd().isEmpty()) {
            sendLine((stopped ? "stop " : "go ") + halt.barrier());
        } else if (stopped || closed) {
            sendLine("close " + start);
        } else {
            sendLine("again " + (start + 1) + " " + files.length);
            stdin.accept(files);
        }
    }

    private void sendLine(String text) {
        stdin.accept((text + "\n").getBytes(UTF_8));
    }
}
