package org.jetfanout.logs;

import java.time.Instant;
import java.util.OptionalInt;
import org.jetfanout.record.Counts;
import org.jetfanout.record.RecordStream;
import org.jetfanout.runner.LoggedEvent;

/**
 * What is known of a log record before it is written. Texts are clean already: no escape codes, no
 * secrets; an empty one is left out. Used once, by one thread.
 */
final class DocumentFields {
    final RecordStream place;
    final long offset;

    // Mutable state: all else, filled in by who reads the stream
    Instant time = Instant.EPOCH;
    String message = "";
    String batch = RecordStream.RUN;
    String worker = "";
    String host = "";

    /** A host of which the worker spoke, and which is none of its batch. */
    String foreignHost = "";

    String level = "info";
    String action = "";
    String outcome = "";
    String reason = "";
    String logger = "";

    /** A batch's state, or how a host came out. */
    String state = "";

    String hostOutcome = "";
    boolean cut;
    OptionalInt exitCode = OptionalInt.empty();

    /** In nanoseconds; negative where not known. */
    long duration = -1;

    Instant start;
    Instant end;
    Counts counts;
    Boolean complete;

    /** The runner's event; null where it is none. */
    LoggedEvent event;

    /**
     * Takes down of which host a worker speaks: one that it was not given is marked, and what it
     * says of it counts for nothing.
     */
    void about(String name, BatchWorkers workers) {
        if (name.isEmpty() || workers.isOf(place.batch(), name)) {
            host = name;
        } else {
            foreignHost = name;
            outcome = outcome.isEmpty() ? "" : "unknown";
            level = "warning";
        }
    }

    DocumentFields(RecordStream place, long offset) {
        this.place = place;
        this.offset = offset;
        this.batch = place.batch();
    }
}
