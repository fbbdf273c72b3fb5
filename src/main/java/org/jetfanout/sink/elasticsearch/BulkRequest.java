package org.jetfanout.sink.elasticsearch;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.HttpAnswer;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;

/**
 * Sends documents to one index with {@code _bulk}. Each has its own id, so the store answers 409 to
 * a document that it has already, and stores it once.
 */
final class BulkRequest implements ElasticsearchRequest {
    private static final byte[] CREATE = "{\"create\":{\"_id\":\"".getBytes(StandardCharsets.UTF_8);
    private static final byte[] END = "\"}}\n".getBytes(StandardCharsets.UTF_8);

    private final String index;
    private final List<LogDocument> documents;

    BulkRequest(String index, List<LogDocument> documents) {
        this.index = index;
        this.documents = documents;
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String path() {
        return "/" + index + "/_bulk";
    }

    @Override
    public String query() {
        // the answer contains only what is needed; the items keep their order, since each has a
        // status
        return "filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason"
                + ",items.*.error.caused_by.reason";
    }

    @Override
    public List<LogDocument> documents() {
        return documents;
    }

    @Override
    public byte[] body() {
        int size = 0;
        for (LogDocument document : documents) {
            size +=
                    document.json().length
                            + document.id().length()
                            + CREATE.length
                            + END.length
                            + 1;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream(size);
        for (LogDocument document : documents) {
            body.writeBytes(CREATE);
            body.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(document.id()));
            body.writeBytes(END);
            body.writeBytes(document.json());
            body.write('\n');
        }
        return body.toByteArray();
    }

    @Override
    public void answered(HttpAnswer answer, ElasticsearchDelivery delivery)
            throws UndeliveredException, SinkStoppedException {
        if (answer.status() == 413) {
            halve(delivery);
            return;
        }
        JsonNode json = delivery.json(answer, this);
        JsonNode items = json.path("items");
        if (items.size() != documents.size()) {
            throw delivery.later(
                    documents,
                    Optional.empty(),
                    "the answer reports "
                            + items.size()
                            + " records instead of "
                            + documents.size());
        }
        if (json.path("errors").asBoolean(true)) {
            items(items, answer, delivery);
        }
    }

    private void halve(ElasticsearchDelivery delivery) {
        if (documents.size() == 1) {
            delivery.refuse(
                    documents.get(0),
                    "413: too large for the server, with "
                            + documents.get(0).json().length
                            + " bytes of JSON");
            return;
        }
        int half = documents.size() / 2;
        delivery.addFirst(new BulkRequest(index, documents.subList(half, documents.size())));
        delivery.addFirst(new BulkRequest(index, documents.subList(0, half)));
    }

    private void items(JsonNode items, HttpAnswer answer, ElasticsearchDelivery delivery)
            throws UndeliveredException, SinkStoppedException {
        List<LogDocument> again = new ArrayList<>();
        String reason = "";
        for (int i = 0; i < documents.size(); i++) {
            JsonNode item = items.get(i).path("create");
            int status = item.path("status").asInt();
            switch (BulkOutcome.of(status, item.path("error").path("type").asText())) {
                case DELIVERED -> {}
                case LATER -> {
                    again.add(documents.get(i));
                    reason = status + " " + ElasticsearchDelivery.reason(item.path("error"));
                }
                case REFUSED ->
                        delivery.refuse(
                                documents.get(i),
                                status + " " + ElasticsearchDelivery.reason(item.path("error")));
                case STOPPED ->
                        throw delivery.stopped(
                                status,
                                " (" + ElasticsearchDelivery.reason(item.path("error")) + ")");
            }
        }
        if (!again.isEmpty()) {
            throw delivery.later(
                    again, answer.retryAfter(), again.size() + " records for later: " + reason);
        }
    }
}
