package org.jetfanout.logs;

import java.time.Instant;
import java.util.OptionalInt;
import org.jetfanout.record.Counts;
import org.jetfanout.record.RecordStream;
import org.jetfanout.runner.LoggedEvent;

/**
 * The fields of a log document before it is written. Texts are clean: no escape codes, no secrets.
 * Empty texts are left out of the document. Used once, by one thread.
 */
final class DocumentFields {
    final RecordStream stream;
    final long offset;

    // Mutable state: all other fields, which the reader of the stream fills in
    Instant time = Instant.EPOCH;
    String message = "";
    String batch = RecordStream.RUN;
    String worker = "";
    String host = "";

    /** A host that the worker reported about and that is not in its batch. */
    String foreignHost = "";

    String level = "info";
    String action = "";
    String outcome = "";
    String reason = "";
    String logger = "";

    /** Who did it; empty where the one who started the run counts. */
    String user = "";

    /** The state of a batch, or the outcome of a host. */
    String state = "";

    String hostOutcome = "";
    boolean cut;
    OptionalInt exitCode = OptionalInt.empty();

    /** In nanoseconds; negative where it is unknown. */
    long duration = -1;

    Instant start;
    Instant end;
    Counts counts;
    Boolean complete;

    /** The runner's event; null where the line is none. */
    LoggedEvent event;

    /**
     * Notes the host that a worker reports about. A host that is not in its batch is marked, and
     * what the worker says about it does not count.
     */
    void setHost(String name, BatchWorkers workers) {
        if (name.isEmpty() || workers.mayName(stream.batch(), name)) {
            host = name;
        } else {
            foreignHost = name;
            outcome = outcome.isEmpty() ? "" : "unknown";
            level = "warning";
        }
    }

    DocumentFields(RecordStream stream, long offset) {
        this.stream = stream;
        this.offset = offset;
        this.batch = stream.batch();
    }
}
