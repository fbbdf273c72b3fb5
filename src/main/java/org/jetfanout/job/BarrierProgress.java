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
 * the rest. A decision is sent when the worker waits for it, and again on each connection until the
 * worker has acted on it. What a worker cannot have done is not believed, so that none can stop the
 * time of its job for longer than its barriers are closed. Thread-safe.
 */
final class BarrierProgress {
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,6})(?: (\\d{1,6}))?");
    private static final int LARGEST_EXIT_CODE = 255;

    private final List<Integer> barriers;
    private final TimeLimits limits;
    private final InstantSource clock;

    // Mutable state, guarded by this: what the worker says
    /** False while an earlier process may know more of the job. */
    private boolean known;

    private int start = 1;
    private int passed;

    /** Where the job waits; null if it does not. */
    private Halt halt;

    // Mutable state, guarded by this: what is decided
    private int open;
    private boolean stopped;
    private boolean closed;

    /** For the next start of the runner; null if there is none. */
    private byte[] files;

    // Mutable state, guarded by this: the connection
    private Consumer<byte[]> stdin = bytes -> {};

    /** The worker has reported a step. */
    private boolean heard;

    /** The worker has said that the job waits there. */
    private boolean haltHeard;

    /** Nothing was sent for that. */
    private boolean asks;

    /**
     * The job waits.
     *
     * @param barrier the play before which it does; 0: its runner has ended
     * @param exitCode of the runner that has ended
     */
    private record Halt(int barrier, int exitCode) {
        boolean isAtBarrier() {
            return barrier > 0;
        }
    }

    BarrierProgress(JobSpec spec, TimeLimits limits, InstantSource clock) {
        this.barriers = spec.barriers();
        this.limits = limits;
        this.clock = clock;
    }

    /** A connection begins. */
    synchronized void connects() {
        stdin = bytes -> {};
        heard = false;
        haltHeard = false;
        asks = false;
    }

    /** Where the decisions of this connection go. */
    synchronized void goTo(Consumer<byte[]> taker) {
        stdin = taker;
    }

    /** The job was started on this connection: no step of it is unknown. */
    synchronized void begins() {
        known = true;
    }

    /** Whether the job waits for a decision. That time does not count. */
    synchronized boolean isWaiting() {
        return halt != null && !isDecided();
    }

    synchronized OptionalInt atBarrier() {
        return isWaiting() && halt.isAtBarrier()
                ? OptionalInt.of(halt.barrier())
                : OptionalInt.empty();
    }

    synchronized Optional<RunnerEnd> runnerEnded() {
        return isWaiting() && !halt.isAtBarrier()
                ? Optional.of(new RunnerEnd(start, halt.exitCode()))
                : Optional.empty();
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
        int second = numbers.group(2) == null ? -1 : Integer.parseInt(numbers.group(2));
        boolean possible =
                switch (line.kind()) {
                    case STANDS -> stands(number, second);
                    case BARRIER -> barrier(number);
                    case PASSED -> isAt(number) && number <= open && passes(number);
                    case STOPPED -> isAt(number) && stopped && goesOn();
                    case AGAIN -> isNextStart(number) && begins(number);
                    case RUNNER_ENDED -> runnerEnded(number, second);
                    default -> false;
                };
        known = true;
        heard = true;
        return possible;
    }

    /** What it did before this connection. */
    private boolean stands(int startNow, int passedNow) {
        boolean own = barriers.contains(passedNow) || passedNow == 0;
        boolean possible =
                known
                        ? (startNow == start || isNextStart(startNow))
                                && (passedNow == passed || passedNow <= open)
                        : startNow >= 1 && startNow <= barriers.size() + 1;
        if (heard || !own || passedNow < passed || !possible) {
            return false;
        }
        if (startNow != start) {
            begins(startNow);
        }
        boolean left = halt != null && halt.isAtBarrier() && halt.barrier() <= passedNow;
        open = Math.max(open, passedNow);
        passed = passedNow;
        return !left || goesOn();
    }

    private boolean barrier(int play) {
        return barriers.contains(play) && play > passed && halts(new Halt(play, 0));
    }

    private boolean runnerEnded(int ended, int exitCode) {
        boolean playsLeft = passed < barriers.get(barriers.size() - 1);
        if (ended != start || !playsLeft || exitCode < 0 || exitCode > LARGEST_EXIT_CODE) {
            return false;
        }
        if (halt != null && halt.isAtBarrier()) {
            goesOn(); // it was killed there
        }
        return halts(new Halt(0, exitCode));
    }

    private boolean isAt(int play) {
        return halt != null && halt.barrier() == play;
    }

    private boolean isNextStart(int next) {
        return files != null && next == start + 1;
    }

    /** Says the same once a connection, or else it must have gone on before. */
    private boolean halts(Halt where) {
        if (halt != null && (haltHeard || !halt.equals(where))) {
            return false;
        }
        halt = where;
        haltHeard = true;
        asks = true;
        if (isWaiting()) {
            limits.pauses(clock.instant());
        }
        answer();
        return true;
    }

    private boolean passes(int play) {
        passed = play;
        return goesOn();
    }

    private boolean begins(int next) {
        start = next;
        files = null;
        return goesOn();
    }

    private boolean goesOn() {
        halt = null;
        limits.runs(clock.instant());
        return true;
    }

    private boolean isDecided() {
        return halt.isAtBarrier()
                ? stopped || halt.barrier() <= open
                : stopped || closed || files != null;
    }

    /** Sends what is decided about where the job waits, if the worker waits for that. */
    private void answer() {
        if (halt == null || !isDecided()) {
            return;
        }
        limits.runs(clock.instant());
        if (asks) {
            asks = false;
            send();
        }
    }

    private void send() {
        if (halt.isAtBarrier()) {
            send((stopped ? "stop " : "go ") + halt.barrier());
        } else if (stopped || closed) {
            send("close " + start);
        } else {
            send("again " + (start + 1) + " " + files.length);
            stdin.accept(files);
        }
    }

    private void send(String line) {
        stdin.accept((line + "\n").getBytes(UTF_8));
    }
}
