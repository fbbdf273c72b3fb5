package org.jetfanout.ssh.agent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits what the processes of one worker may ask of the user's agent during one job, over all of
 * its connections. It is far more than a runner needs, and far less than does harm. Thread-safe.
 */
public final class GuardBudget {
    /** How many signatures there may be for a job, besides those for each host. */
    private static final int SIGNATURES = 1_000;

    private static final int SIGNATURES_A_HOST = 100;

    /** A login lists the keys, binds its session, tries a key, and signs. */
    private static final int REQUESTS_A_SIGNATURE = 10;

    /** A worker that continues after this many refusals tries to break in or to fill the disk. */
    static final int MOST_REFUSALS = 1_000;

    /** How many reasons why hosts are not reached are reported for one job. */
    private static final int MOST_REASONS = 10;

    /** How many lines of the own log may be about requests of one worker. */
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

    /**
     * How much of a budget was used, since the job began.
     *
     * @param requests all of them
     * @param signatures those that were given
     * @param refusals of forbidden operations
     */
    public record Usage(long requests, long signatures, int refusals) {}

    /**
     * The budget of a job that another instance has counted until now.
     *
     * @param mostSignatures of the whole job
     */
    public static GuardBudget of(long mostSignatures, Usage used) {
        GuardBudget budget = new GuardBudget(mostSignatures);
        budget.used(used);
        return budget;
    }

    /** How much was used until now. */
    public Usage usage() {
        return new Usage(requests.get(), signatures.get(), refusals.get());
    }

    /** Another instance has counted for this job. It never gives something back. */
    public void used(Usage now) {
        requests.accumulateAndGet(now.requests(), Math::max);
        signatures.accumulateAndGet(now.signatures(), Math::max);
        refusals.accumulateAndGet(now.refusals(), Math::max);
    }

    /** The budget of a job with this many hosts. */
    public static GuardBudget of(int hosts) {
        return new GuardBudget(SIGNATURES + (long) SIGNATURES_A_HOST * hosts);
    }

    /** Whether one more request is answered. */
    boolean request() {
        return requests.incrementAndGet() <= mostRequests();
    }

    /** Whether one more login is signed. */
    boolean signature() {
        return signatures.incrementAndGet() <= mostSignatures;
    }

    /** Whether the worker may continue after one more refusal. */
    boolean refusal() {
        return refusals.incrementAndGet() < MOST_REFUSALS;
    }

    /**
     * Whether a reason is new and one of the first few. A worker can cause new ones without end.
     */
    public boolean tell(String reason) {
        return told.size() < MOST_REASONS && told.add(reason);
    }

    /** Whether one more line may be logged. */
    Line line() {
        int line = lines.incrementAndGet();
        return line < LINES ? Line.YES : line == LINES ? Line.LAST : Line.NO;
    }

    /** What happens with a line. */
    enum Line {
        YES,
        LAST,
        NO
    }

    long mostRequests() {
        return mostSignatures * REQUESTS_A_SIGNATURE;
    }

    /** The most signatures of the whole job. */
    public long mostSignatures() {
        return mostSignatures;
    }
}
