package org.jetfanout.runner;

import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.LongPredicate;

/**
 * Reads the output of a runner that works on one batch, and gives the result of each host. Text and
 * events may arrive in any order, in pieces of any size. Memory is bounded whatever arrives. Not
 * thread-safe.
 */
public interface RunnerReader {
    /** Takes the next bytes of a stream. */
    void read(Stream stream, byte[] bytes);

    /** The tally of the batch now. */
    Tally tally();

    /** The outcome of each host that the tally counts. */
    OutcomesSoFar soFar();

    /**
     * Makes those hosts unfinished that were not reached while the runner had no agent, because
     * nothing may be wrong with them. Must be called before {@link #results}.
     *
     * @param spells whether the line of the event log that ends at a position was written in such a
     *     time
     */
    void withoutAgent(LongPredicate spells);

    /**
     * Gives the reason why the user's agent did not sign. It is added to the reasons of hosts that
     * refused a login. Must be called before {@link #results}.
     */
    void agentTrouble(String reason);

    /**
     * The number of the play that began last, over all playbooks of the run; 0 where none has, or
     * where the plays of the batch are unknown.
     */
    int play();

    /** Places in the batch, from 0, of the hosts that failed or were not reached. */
    BitSet lost();

    /** Places in the batch of the hosts on which no task has ended since the last play began. */
    BitSet untouched();

    /**
     * Whether the runner ended by itself because all hosts of a play, or of a part of it, failed.
     */
    boolean ranOutOfHosts();

    /**
     * No later play runs: a rule stopped the run, or there is none. Hosts that have no play left
     * keep their state; the others are not started, or unfinished where an earlier play has begun
     * with them. Must be called before {@link #results}.
     *
     * @param places in the batch, from 0, of the hosts that have plays left
     * @param reason why those do not run
     */
    void stopped(BitSet places, String reason);

    /**
     * The result of each host, in the batch's order. Must be called after the job has ended, in
     * whatever way.
     *
     * @param exitCode the runner's; empty where it is unknown
     * @param ending how the job ended where the runner did not end by itself (worker lost,
     *     cancelled, timed out): the reason of unfinished hosts. Empty: the runner ended by itself
     */
    List<HostResult> results(OptionalInt exitCode, String ending);

    /**
     * Whether the runner ended by itself because it accepted neither playbook nor inventory, before
     * it touched any host.
     */
    boolean refused(OptionalInt exitCode);
}
