package org.jetfanout.sink.splunk;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jetfanout.logs.LogDocument;

/**
 * Makes events for Splunk's HTTP Event Collector of documents
 * (https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/format-events-for-http-event-collector).
 * For a line of output the event is the line's text, for every other document its JSON. Immutable.
 *
 * @param index where the events go; empty for the default of the token
 */
public record HecEvents(Optional<String> index) {
    /** Source type of the runner's text. */
    public static final String LINE = "jetfanout:line";

    /** Source type of all other documents, whose event is a JSON object. */
    public static final String EVENT = "jetfanout:event";

    /**
     * The indexed fields of an event, where the document has them. Users can search them as {@code
     * name::value}.
     */
    public static final List<String> FIELDS =
            List.of(
                    "id",
                    "guid",
                    "batch",
                    "worker",
                    "worker_group",
                    "managed_host",
                    "stream",
                    "sequence",
                    "level",
                    "outcome");

    /** The text for an empty line, because the collector refuses a blank event (code 13). */
    static final String EMPTY_LINE = "(empty line)";

    private static final JsonFactory JSON = new JsonFactory();

    /**
     * One event in UTF-8, with a line break at its end. The collector needs no separator between
     * events.
     */
    byte[] event(LogDocument document) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(document.json().length + 400);
        boolean line = document.stream().equals("output");
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeFieldName("time");
            json.writeNumber(BigDecimal.valueOf(document.time().toEpochMilli(), 3));
            some(json, "host", document.host().isEmpty() ? document.worker() : document.host());
            json.writeStringField(
                    "source", document.guid() + "/" + document.batch() + "/" + document.stream());
            json.writeStringField("sourcetype", line ? LINE : EVENT);
            if (index.isPresent()) {
                json.writeStringField("index", index.get());
            }
            json.writeFieldName("event");
            if (line) {
                json.writeString(document.message().isBlank() ? EMPTY_LINE : document.message());
            } else {
                json.writeRawValue(new String(document.json(), StandardCharsets.UTF_8));
            }
            fields(json, document);
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void fields(JsonGenerator json, LogDocument document) throws IOException {
        json.writeObjectFieldStart("fields");
        json.writeStringField("id", document.id());
        json.writeStringField("guid", document.guid());
        some(json, "batch", document.batch().equals("-") ? "" : document.batch());
        some(json, "worker", document.worker());
        some(json, "worker_group", document.workerGroup());
        some(json, "managed_host", document.host());
        json.writeStringField("stream", document.stream());
        json.writeNumberField("sequence", document.offset());
        some(json, "level", document.level());
        some(json, "outcome", document.outcome());
        json.writeEndObject();
    }

    private static void some(JsonGenerator json, String name, String value) throws IOException {
        if (!value.isEmpty()) {
            json.writeStringField(name, value);
        }
    }
}
