package org.jetfanout.runner;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.LongPredicate;

/**
 * Reads what a runner says while it works on one batch, and gives the result of each host. Text and
 * events may arrive in any order beside each other, in pieces of any size; memory is bounded
 * whatever comes. Not thread-safe.
 */
public interface RunnerReader {
    /** Takes the next bytes of a stream. */
    void read(Stream stream, byte[] bytes);

    /** How the batch stands now. */
    Tally tally();

    /**
     * Hosts that could not be reached while the runner had no agent are unfinished: they may be
     * well. For before {@link #results}.
     *
     * @param spells tells of a place in the event log whether the line that ends there was written
     *     then
     */
    void withoutAgent(LongPredicate spells);

    /**
     * Why the user's agent signed nothing: stands behind the reasons of hosts that refused a login.
     * For before {@link #results}.
     */
    void agentTrouble(String reason);

    /**
     * The result of each host, in the batch's order. For when the job has ended, whatever way.
     *
     * @param exitCode the runner's; empty where nobody knows it
     * @param ending how the job ended where that is not the runner's doing (worker lost, cancelled,
     *     timed out): the reason of unfinished hosts. Empty: the runner ended by itself
     */
    List<HostResult> results(OptionalInt exitCode, String ending);

    /**
     * Whether the runner ended by itself since it took neither playbook nor inventory, before any
     * host was touched.
     */
    boolean refused(OptionalInt exitCode);
}
