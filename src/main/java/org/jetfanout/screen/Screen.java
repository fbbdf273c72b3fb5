package org.jetfanout.screen;

import org.jetfanout.record.RunListener;
import org.jetfanout.status.RunStatus;

/**
 * What the user sees of a run, while it runs: what it hears of the run, and what else there is to
 * say before and after. {@link ScreenOptions#open} chooses one. Thread-safe. A closed or full
 * standard output never stops a run. Every text of others passes {@link org.jetfanout.text.Text}.
 */
public interface Screen extends RunListener, AutoCloseable {
    /** A run begins; its GUID is the first thing printed. Called once, before all others. */
    void run(String guid);

    /** What is done before there is a plan, with counts where it may take long. */
    default void doing(String what) {}

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
