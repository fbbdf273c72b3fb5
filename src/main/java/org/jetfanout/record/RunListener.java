package org.jetfanout.record;

/**
 * Receives the events of a run, on any thread, after the {@link RunRecord} has stored them. The
 * events of one batch come in order. A listener must not block for long, because the run waits for
 * it. After an exception it gets no more events ({@link RunFeed}). Events that it does not override
 * are ignored.
 */
public interface RunListener {
    /** There is a plan. */
    default void planned(RunEvent.Planned event) {}

    /** The run continues where another process left it. */
    default void resumed(RunEvent.Resumed event) {}

    /** A batch changed its state. */
    default void state(RunEvent.State event) {}

    /** Output arrived. */
    default void output(RunEvent.Output event) {}

    /** The hosts of a running batch were counted. */
    default void tally(RunEvent.Tally event) {}

    /** A batch has ended. */
    default void result(RunEvent.Result event) {}

    /** Another wave begins, or waits, or a rule has stopped the run. */
    default void rollout(RunEvent.Rollout event) {}

    /** A worker asked the agent to sign. */
    default void signed(RunEvent.Signed event) {}
}
