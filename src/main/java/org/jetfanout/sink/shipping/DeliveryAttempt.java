package org.jetfanout.sink.shipping;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.SinkDelivery;

/** One attempt to deliver some documents, with the result for each. For one thread at a time. */
final class DeliveryAttempt implements SinkDelivery {
    private final String sink;
    private final String guid;
    private final List<LogDocument> records;
    private final BiConsumer<LogDocument, String> deadLetters;

    // Mutable state
    /** Ids. */
    private final Set<String> refused = new HashSet<>();

    /**
     * @param deadLetters takes each refused record with the reason, once
     */
    DeliveryAttempt(
            String sink,
            String guid,
            List<LogDocument> records,
            BiConsumer<LogDocument, String> deadLetters) {
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
    public List<LogDocument> records() {
        return records;
    }

    @Override
    public void refuse(LogDocument record, String reason) {
        if (refused.add(record.id())) {
            deadLetters.accept(record, reason);
        }
    }

    /** How many were refused. */
    int refused() {
        return refused.size();
    }

    /** All that were not refused. */
    List<LogDocument> notRefused() {
        return refused.isEmpty()
                ? records
                : records.stream().filter(record -> !refused.contains(record.id())).toList();
    }

    /**
     * Those of a route's rest that were not refused, in the frame's order; all that were not
     * refused where it names one that is not of this frame: nobody knows then what was taken.
     */
    List<LogDocument> restOf(List<LogDocument> rest) {
        Set<String> wanted = ids(rest);
        return ids(records).containsAll(wanted)
                ? notRefused().stream().filter(record -> wanted.contains(record.id())).toList()
                : notRefused();
    }

    private static Set<String> ids(List<LogDocument> records) {
        return records.stream().map(LogDocument::id).collect(Collectors.toSet());
    }
}
