package org.jetfanout.record;

import java.time.Instant;
import java.util.Map;
import org.jetfanout.log.Frame;
import org.jetfanout.plan.Plan;

/**
 * What the user sees of a run, while it runs. It is told everything in the order in which it
 * happens, by any thread; {@link ScreenOptions#open} chooses one. A closed or full standard output
 * never stops a run. Every text of others passes {@link org.jetfanout.log.Text}.
 */
public interface Screen extends AutoCloseable {
    /** A run begins; its GUID is the first thing printed. Called once, before all others. */
    void run(String guid);

    /** What is done before there is a plan, with counts where it may take long. */
    default void doing(String what) {}

    /** There is a plan. */
    void planned(Plan plan);

    /**
     * The plan is that of a run which another process began.
     *
     * @param results what is stored of batches that have ended
     * @param begun when batches were taken up first
     */
    default void resumed(StoredResults results, Map<String, Instant> begun) {}

    /**
     * A batch changed its state. Its last state comes with {@link #result} instead.
     *
     * @param detail why, in one line; may be empty
     */
    void state(String batch, String worker, BatchState state, String detail);

    /** Output that was not seen before: what {@link RunRecord#append} returned. */
    void frame(Frame frame);

    /** Counts of a running batch, as of now. */
    void tally(String batch, Counts counts);

    /** A batch has ended. */
    void result(BatchResult result);

    /** The run has ended, or is left. The last thing printed. */
    void summary(RunStatus status);

    /** Leaves the terminal to somebody who asks the user something, until {@link #release}. */
    default void hold() {}

    /** Has the terminal again; nothing where it had it. */
    default void release() {}

    /** Gives the terminal back as it was; may be called at any time, and twice. */
    @Override
    void close();
}
