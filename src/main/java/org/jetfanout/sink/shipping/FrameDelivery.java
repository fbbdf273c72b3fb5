package org.jetfanout.sink.shipping;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jetfanout.logs.LogRecord;
import org.jetfanout.sink.Delivery;

/** One try to deliver some records, and what became of them. For one thread at a time. */
final class FrameDelivery implements Delivery {
    private final String sink;
    private final String guid;
    private final List<LogRecord> records;
    private final BiConsumer<LogRecord, String> deadLetters;

    // Mutable state
    private final Set<LogRecord> refused = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * @param deadLetters takes each refused record with the reason, once
     */
    FrameDelivery(
            String sink,
            String guid,
            List<LogRecord> records,
            BiConsumer<LogRecord, String> deadLetters) {
        this.sink = sink;
        this.guid = guid;
        this.records = records;
        this.deadLetters = deadLetters;
    }

    @Override
    public String sink() {
        return sink;
    }

    @Override
    public String guid() {
        return guid;
    }

    @Override
    public List<LogRecord> records() {
        return records;
    }

    @Override
    public void refuse(LogRecord record, String reason) {
        if (refused.add(record)) {
            deadLetters.accept(record, reason);
        }
    }

    /** How many were refused. */
    int refused() {
        return refused.size();
    }

    /** All that were not refused. */
    List<LogRecord> notRefused() {
        return refused.isEmpty()
                ? records
                : records.stream().filter(record -> !refused.contains(record)).toList();
    }

    /**
     * Those of a route's rest that are of this frame and were not refused, in the frame's order.
     */
    List<LogRecord> restOf(List<LogRecord> rest) {
        Set<LogRecord> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
        wanted.addAll(rest);
        return notRefused().stream().filter(wanted::contains).toList();
    }
}
