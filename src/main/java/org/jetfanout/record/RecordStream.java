package org.jetfanout.record;

import org.jetfanout.runner.Stream;

/**
 * One stream of the run record: what is read on its own, in order, and made into log documents.
 *
 * @param batch id of the batch; {@code -} for the streams of the whole run
 * @param name one of the words below
 */
public record RecordStream(String batch, String name) {
    /** The batch id in streams of the whole run. */
    public static final String RUN = "-";

    /** The runner's text. Each batch has such a stream. */
    public static final String OUTPUT = Stream.OUTPUT.word();

    /** The runner's events. Each batch has such a stream. */
    public static final String EVENTS = Stream.EVENTS.word();

    /** Changes of the batches' states. */
    public static final String STATES = "states";

    /** The results of hosts, one line each. */
    public static final String RESULTS = "results";

    /** The batches that have ended, one line each. */
    public static final String BATCHES = "batches";

    /** What people have done with the run. */
    public static final String PEOPLE = "people";

    /** The application's own log. */
    public static final String LOG = "log";

    static RecordStream of(String batch, Stream stream) {
        return new RecordStream(batch, stream.word());
    }
}
