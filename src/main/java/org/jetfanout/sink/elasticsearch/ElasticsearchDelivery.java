package org.jetfanout.sink.elasticsearch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.HttpAnswer;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;

/**
 * One delivery to Elasticsearch, as a sequence of requests. It is the exchange property {@code
 * JetElasticsearch} of the route. Used by one thread at a time.
 */
public final class ElasticsearchDelivery {
    /** More tokens of JSON than the answer to the largest request has; few enough for memory. */
    private static final int MOST_TOKENS = 2_000_000;

    private static final ObjectMapper JSON =
            new ObjectMapper(
                    JsonFactory.builder()
                            .streamReadConstraints(
                                    StreamReadConstraints.builder()
                                            .maxTokenCount(MOST_TOKENS)
                                            .build())
                            .build());
    private static final int LONGEST_REASON = 500;

    private final SinkDelivery delivery;
    private final String sink;
    private final String server;

    // Mutable state
    private final Deque<ElasticsearchRequest> due = new ArrayDeque<>();

    /**
     * @param delivery what is to be sent
     * @param sink the name of the sink, for errors
     * @param server its URL, for errors
     */
    ElasticsearchDelivery(SinkDelivery delivery, String sink, String server) {
        this.delivery = delivery;
        this.sink = sink;
        this.server = server;
    }

    /** Whether there is another request to send. */
    public boolean isOpen() {
        return !due.isEmpty();
    }

    /** The request to send now. It stays the next one until it is {@link #answered}. */
    ElasticsearchRequest next() {
        return due.element();
    }

    /** Adds a request after the others. */
    void addLast(ElasticsearchRequest request) {
        due.addLast(request);
    }

    /** Adds a request before the others. */
    void addFirst(ElasticsearchRequest request) {
        due.addFirst(request);
    }

    /** Takes the answer to {@link #next}. */
    void answered(HttpAnswer answer) throws UndeliveredException, SinkStoppedException {
        due.remove().answered(answer, this);
    }

    void refuse(LogDocument document, String reason) {
        delivery.refuse(document, reason);
    }

    /**
     * The JSON of a successful answer. For any other answer it throws the exception that fits.
     *
     * @param asked its documents are sent again together with all that are still due, if a retry
     *     can help
     */
    JsonNode json(HttpAnswer answer, ElasticsearchRequest asked)
            throws UndeliveredException, SinkStoppedException {
        if (answer.isForLater()) {
            throw later(
                    asked.documents(),
                    answer.retryAfter(),
                    server + " answers " + answer.status() + reason(answer));
        }
        if (!answer.isSuccess()) {
            throw stopped(answer);
        }
        JsonNode json = parsed(answer);
        if (!json.isObject()) {
            // this is a proxy's page, or half of an answer
            throw later(
                    asked.documents(),
                    Optional.empty(),
                    server + " answers " + answer.status() + ", but its answer is not JSON");
        }
        return json;
    }

    /** These documents and all that are still due must be sent again. */
    UndeliveredException later(
            List<LogDocument> documents, Optional<Duration> after, String reason) {
        List<LogDocument> rest = new ArrayList<>(documents);
        due.forEach(request -> rest.addAll(request.documents()));
        return new UndeliveredException(rest, after, reason);
    }

    /** A retry cannot help. */
    SinkStoppedException stopped(HttpAnswer answer) {
        return stopped(answer.status(), reason(answer));
    }

    /** A retry cannot help, according to one item of an answer. */
    SinkStoppedException stopped(int status, String reason) {
        String what = server + " answers " + status + reason;
        return new SinkStoppedException(
                switch (status) {
                    case 401 ->
                            what
                                    + ": set %1$s.api-key, or set %1$s.user and %1$s.password"
                                            .formatted(sink);
                    case 403 ->
                            what
                                    + ": the key or user needs the privileges create_doc and"
                                    + " auto_configure for the data stream";
                    case 404 -> what + ": check %1$s.url and %1$s.index".formatted(sink);
                    default -> what;
                });
    }

    private static JsonNode parsed(HttpAnswer answer) {
        try {
            JsonNode json = JSON.readTree(answer.body());
            return json == null ? MissingNode.getInstance() : json;
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    private static String reason(HttpAnswer answer) {
        String reason = reason(parsed(answer).path("error"));
        return reason.isEmpty() ? "" : " (" + reason + ")";
    }

    /** An error of Elasticsearch in one line; empty for none. */
    static String reason(JsonNode error) {
        if (error.isTextual()) {
            return shortened(error.asText());
        }
        StringBuilder line = new StringBuilder(error.path("type").asText());
        for (JsonNode cause = error; cause.isObject(); cause = cause.path("caused_by")) {
            String reason = cause.path("reason").asText();
            if (!reason.isEmpty()) {
                line.append(line.isEmpty() ? "" : ": ").append(reason);
            }
        }
        return shortened(line.toString());
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…";
    }
}
