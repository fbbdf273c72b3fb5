package org.jetfanout.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jetfanout.log.LogRecord;

/** Records as the run record gives them, with the fewest fields. */
public final class SinkRecords {
    public static final String GUID = "0a1b2c3d-0000-4000-8000-000000000001";
    private static final ObjectMapper JSON = new ObjectMapper();

    private SinkRecords() {}

    /** A line of the batch 0001. */
    public static LogRecord line(long offset, String message) {
        return record(GUID, "0001", "output", offset, "h1", message, "", "info");
    }

    /** So many lines, each with a text of its own, from a number on. */
    public static List<LogRecord> lines(int from, int count) {
        return lines(GUID, from, count);
    }

    /** The same of another run. */
    public static List<LogRecord> lines(String guid, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(n -> record(guid, "0001", "output", n, "h1", "line " + n, "", "info"))
                .toList();
    }

    /** Any record, of worker w1 of the group wk. */
    public static LogRecord record(
            String guid,
            String batch,
            String stream,
            long offset,
            String host,
            String message,
            String outcome,
            String level) {
        String id = guid + ":" + batch + ":" + stream + ":" + offset;
        Instant time = Instant.parse("2026-03-01T10:00:00.123456Z").plusMillis(offset);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("@timestamp", time.toString());
        json.put("message", message);
        json.put("event", Map.of("id", id));
        json.put("labels", new TreeMap<>(Map.of("guid", guid, "batch", batch)));
        try {
            return new LogRecord(
                    id,
                    time,
                    guid,
                    batch,
                    "w1",
                    "wk",
                    host,
                    stream,
                    offset,
                    message,
                    outcome,
                    level,
                    JSON.writeValueAsBytes(json));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
