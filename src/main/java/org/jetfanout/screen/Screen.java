package org.jetfanout.screen;

import org.jetfanout.record.RunListener;
import org.jetfanout.status.RunStatus;

/**
 * Shows a run to the user while it goes on. It hears of the events of the run, and its methods add
 * what is said before and after. {@link ScreenOptions#open} chooses the screen. A closed or full
 * standard output never stops a run. Every remote text passes {@link org.jetfanout.text.Text}.
 * Thread-safe.
 */
public interface Screen extends RunListener, AutoCloseable {
    /** A run begins. Its GUID is the first thing printed. Called once, before all other methods. */
    void run(String guid);

    /** Shows what jet-fanout does before there is a plan, with counts where that may take long. */
    default void doing(String what) {}

    /**
     * Shows the summary, after the run has ended or this process has left it. It is the last thing
     * printed.
     */
    void summary(RunStatus status);

    /** Stops drawing while another part asks the user something, until {@link #release}. */
    default void hold() {}

    /** Draws again after {@link #hold}. Does nothing where drawing was not stopped. */
    default void release() {}

    /** Writes something else, or asks the user something, while nothing is drawn. */
    default void whileHeld(Runnable what) {
        hold();
        try {
            what.run();
        } finally {
            release();
        }
    }

    /** Restores the terminal. May be called at any time, and more than once. */
    @Override
    void close();
}
