package org.jetfanout.testkit.stores;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.jetfanout.logs.LogDocument;

/** Log documents like those of a run. */
public final class SampleRecords {
    /** The time of the documents. */
    public static final Instant TIME = Instant.parse("2026-03-01T10:20:30.456Z");

    private static final ObjectMapper JSON = new ObjectMapper();

    private SampleRecords() {}

    /** Numbered lines of output. */
    public static List<LogDocument> lines(long from, int count) {
        return lines("the-guid", from, count);
    }

    /** Numbered lines of output of this run. */
    public static List<LogDocument> lines(String guid, long from, int count) {
        return LongStream.range(from, from + count)
                .mapToObj(
                        n ->
                                record(
                                        guid,
                                        "b1",
                                        "output",
                                        n,
                                        "line " + n + " \u00e4\u20ac \"quoted\" \\ \u2028",
                                        "web" + n % 7,
                                        ""))
                .toList();
    }

    /** A line of output. */
    public static LogDocument line(long offset, String message) {
        return record("output", offset, message, "web" + offset % 7, "");
    }

    /** An event. */
    public static LogDocument event(long offset, String message, String outcome) {
        return record("events", offset, message, "web" + offset % 7, outcome);
    }

    /** A document of any stream. */
    public static LogDocument record(
            String stream, long offset, String message, String host, String outcome) {
        return record("the-guid", "b1", stream, offset, message, host, outcome);
    }

    public static LogDocument record(
            String guid,
            String batch,
            String stream,
            long offset,
            String message,
            String host,
            String outcome) {
        String id = guid + ":" + batch + ":" + stream + ":" + offset;
        ObjectNode json = JSON.createObjectNode();
        json.put("@timestamp", TIME.toString()).put("message", message);
        json.putObject("event").put("id", id).put("sequence", offset);
        json.putObject("labels").put("guid", guid).put("batch", batch);
        try {
            return new LogDocument(
                    id,
                    TIME,
                    guid,
                    batch,
                    "worker1",
                    "group1",
                    host,
                    stream,
                    offset,
                    message,
                    outcome,
                    outcome.equals("failure") ? "error" : "info",
                    JSON.writeValueAsBytes(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The ids of documents. */
    public static List<String> ids(List<LogDocument> records) {
        return records.stream().map(LogDocument::id).toList();
    }
}
