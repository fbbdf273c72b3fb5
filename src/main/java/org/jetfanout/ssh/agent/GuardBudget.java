package org.jetfanout.ssh.agent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much the processes of one worker may ask of the user's agent during one job, over all of its
 * connections: far more than a runner needs, far less than it takes to do harm. Thread-safe.
 */
public final class GuardBudget {
    /** Signatures that do not depend on the number of hosts, and those for each host. */
    private static final int SIGNATURES = 1_000;

    private static final int SIGNATURES_A_HOST = 100;

    /** A login lists the keys, binds its session, tries a key, and signs. */
    private static final int REQUESTS_A_SIGNATURE = 10;

    /** A worker that goes on after so many refusals tries to break in, or to fill the disk. */
    static final int MOST_REFUSALS = 1_000;

    /** Reasons why hosts are not reached that are told of one job. */
    private static final int MOST_REASONS = 10;

    /** Lines of the own log about what a worker asked for. */
    private static final int LINES = 100;

    private final long mostSignatures;

    // Mutable state
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong signatures = new AtomicLong();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger lines = new AtomicInteger();
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    private GuardBudget(long mostSignatures) {
        this.mostSignatures = mostSignatures;
    }

    /** For a job of so many hosts. */
    public static GuardBudget of(int hosts) {
        return new GuardBudget(SIGNATURES + (long) SIGNATURES_A_HOST * hosts);
    }

    /** Whether one more question is answered. */
    boolean request() {
        return requests.incrementAndGet() <= mostRequests();
    }

    /** Whether one more login is signed. */
    boolean signature() {
        return signatures.incrementAndGet() <= mostSignatures;
    }

    /** Whether it may go on after one more refusal. */
    boolean refusal() {
        return refusals.incrementAndGet() < MOST_REFUSALS;
    }

    /** Whether a reason is new, and among the first few: a worker can provoke ever new ones. */
    boolean tell(String reason) {
        return told.size() < MOST_REASONS && told.add(reason);
    }

    /** Whether one more line may be logged. */
    Line line() {
        int line = lines.incrementAndGet();
        return line < LINES ? Line.YES : line == LINES ? Line.LAST : Line.NO;
    }

    /** What becomes of a line. */
    enum Line {
        YES,
        LAST,
        NO
    }

    long mostRequests() {
        return mostSignatures * REQUESTS_A_SIGNATURE;
    }

    long mostSignatures() {
        return mostSignatures;
    }
}
