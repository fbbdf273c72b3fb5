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
    private final List<LogDocument> documents;
    private final BiConsumer<LogDocument, String> deadLetters;

    // Mutable state
    /** The ids of the refused documents. */
    private final Set<String> refused = new HashSet<>();

    /**
     * @param deadLetters takes each refused document with the reason, once
     */
    DeliveryAttempt(
            String sink,
            String guid,
            List<LogDocument> documents,
            BiConsumer<LogDocument, String> deadLetters) {
        this.sink = sink;
        this.guid = guid;
        this.documents = documents;
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
    public List<LogDocument> documents() {
        return documents;
    }

    @Override
    public void refuse(LogDocument document, String reason) {
        if (refused.add(document.id())) {
            deadLetters.accept(document, reason);
        }
    }

    /** How many documents were refused. */
    int refused() {
        return refused.size();
    }

    /** The documents that were not refused. */
    List<LogDocument> notRefused() {
        return refused.isEmpty()
                ? documents
                : documents.stream().filter(document -> !refused.contains(document.id())).toList();
    }

    /**
     * The documents of a route's rest that were not refused, in the order of the delivery. If the
     * route names a document that is not in this delivery, nobody knows what the sink has accepted.
     * Then it returns all documents that were not refused.
     */
    List<LogDocument> restOf(List<LogDocument> rest) {
        Set<String> wanted = ids(rest);
        return ids(documents).containsAll(wanted)
                ? notRefused().stream().filter(document -> wanted.contains(document.id())).toList()
                : notRefused();
    }

    private static Set<String> ids(List<LogDocument> documents) {
        return documents.stream().map(LogDocument::id).collect(Collectors.toSet());
    }
}
