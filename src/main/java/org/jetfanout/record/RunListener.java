package org.jetfanout.record;

/**
 * Hears what happens in a run, by any thread: of each batch in the order in which it happened, and
 * each thing when the {@link RunRecord} has it. Must not wait for long, since the run waits for it;
 * one that throws hears nothing more ({@link RunFeed}). Nothing is done with what it does not want
 * to know.
 */
public interface RunListener {
    /** There is a plan. */
    default void planned(RunEvent.Planned event) {}

    /** The run goes on from where another process left it. */
    default void resumed(RunEvent.Resumed event) {}

    /** A batch changed its state. */
    default void state(RunEvent.State event) {}

    /** Output came. */
    default void output(RunEvent.Output event) {}

    /** A running batch was counted. */
    default void tally(RunEvent.Tally event) {}

    /** A batch has ended. */
    default void result(RunEvent.Result event) {}

    /** The agent was asked to sign. */
    default void signed(RunEvent.Signed event) {}
}
