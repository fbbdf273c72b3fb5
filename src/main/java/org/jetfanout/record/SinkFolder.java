package org.jetfanout.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.text.Text;

/**
 * What a run record keeps of one sink, in {@code sinks/NAME/}: the position in each stream, the
 * dead letters, and the counters. Only the owner of the run uses it. Thread-safe. Nothing is forced
 * to the disk: after a crash of the machine, some documents are delivered again.
 *
 * <ul>
 *   <li>{@code positions.ndjson}: {@code {"batch", "stream", "end"}}, one line a stream that went
 *       on; the last one of a stream counts. Made short when it is opened, and when it has grown
 *   <li>{@code dead-letters.ndjson}: {@code {"time", "reason", "record"}}
 *   <li>{@code counters.json}: {@link SinkStatus}
 * </ul>
 */
public final class SinkFolder implements Closeable {
    private static final String POSITIONS = "positions.ndjson";
    private static final String DEAD_LETTERS = "dead-letters.ndjson";
    private static final String COUNTERS = "counters.json";

    /** When this many bytes were appended, the file of positions is written anew. */
    private static final long LONG = 4 << 20;

    private static final int LONGEST_REASON = 2000;

    private static final Comparator<RecordStream> ORDER =
            (one, other) ->
                    one.batch().equals(other.batch())
                            ? one.name().compareTo(other.name())
                            : one.batch().compareTo(other.batch());

    private final String sink;
    private final Path folder;
    private final Ndjson deadLetters;
    private final Map<RecordStream, Long> positions;

    // Mutable state, under the lock of this
    private Ndjson positionsFile;
    private long appended;
    private boolean closed;

    SinkFolder(Path runFolder, String sink) {
        this.sink = FileNames.checked(sink);
        this.folder = folder(runFolder, sink);
        try {
            Files.createDirectories(folder, PrivateFiles.FOLDER);
        } catch (IOException e) {
            throw RecordException.writing(folder, e);
        }
        this.deadLetters = new Ndjson(folder.resolve(DEAD_LETTERS));
        this.positions = positions(folder);
        rewritePositions();
    }

    static Path folder(Path runFolder, String sink) {
        return RunFile.SINKS.in(runFolder).resolve(sink);
    }

    /** The positions in the files. Incomplete lines are skipped. */
    static Map<RecordStream, Long> positions(Path folder) {
        Map<RecordStream, Long> positions = new TreeMap<>(ORDER);
        new Ndjson(folder.resolve(POSITIONS))
                .read(
                        line -> {
                            JsonNode end = line.path("end");
                            if (line.has("batch") && line.has("stream") && end.isIntegralNumber()) {
                                positions.put(
                                        new RecordStream(
                                                line.path("batch").asText(),
                                                line.path("stream").asText()),
                                        end.asLong());
                            }
                        });
        return positions;
    }

    /** The counters as they were stored last. */
    static SinkStatus status(Path folder, String sink) {
        return RecordFiles.read(folder.resolve(COUNTERS), JsonReader::document)
                .map(counters -> SinkStatus.read(sink, counters))
                .orElseGet(() -> SinkStatus.fresh(sink));
    }

    /** The sink's name. */
    public String sink() {
        return sink;
    }

    /** Where to read on in each stream. */
    public synchronized Map<RecordStream, Long> positions() {
        return Map.copyOf(positions);
    }

    /** The counters as they were stored last. */
    public SinkStatus status() {
        return status(folder, sink);
    }

    /** These streams are delivered up to here. Does nothing once it is closed. */
    public synchronized void storePositions(Map<RecordStream, Long> delivered) {
        if (closed || delivered.isEmpty()) {
            return;
        }
        positions.putAll(delivered);
        Ndjson.Range range = positionsFile.appendAll(out -> write(out, delivered));
        appended += range.to() - range.from();
        if (appended > LONG) {
            rewritePositions();
        }
    }

    /**
     * Sets a document aside that the sink will never take. Does nothing once it is closed.
     *
     * @param document one JSON object
     * @param reason in the sink's words: made harmless and cut here
     */
    public synchronized void storeDeadLetter(byte[] document, String reason, Instant time) {
        if (closed) {
            return;
        }
        String plain = Text.plain(reason);
        deadLetters.append(
                json -> {
                    json.writeStartObject();
                    json.writeStringField("time", time.toString());
                    json.writeStringField(
                            "reason", plain.substring(0, Math.min(plain.length(), LONGEST_REASON)));
                    json.writeFieldName("record");
                    json.writeRawValue(new String(document, StandardCharsets.UTF_8));
                    json.writeEndObject();
                });
    }

    /** Stores the counters, for other processes that ask for them. */
    public synchronized void storeStatus(SinkStatus status) {
        if (!closed) {
            RecordFiles.replace(
                    folder.resolve(COUNTERS), false, out -> Json.line(out, status::write));
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        positionsFile.close();
        deadLetters.close();
    }

    private void rewritePositions() {
        if (positionsFile != null) {
            positionsFile.close();
        }
        Path file = folder.resolve(POSITIONS);
        RecordFiles.replace(file, true, out -> write(out, positions));
        positionsFile = new Ndjson(file);
        appended = 0;
    }

    private static void write(OutputStream out, Map<RecordStream, Long> positions)
            throws IOException {
        for (Map.Entry<RecordStream, Long> end : positions.entrySet()) {
            Json.line(
                    out,
                    json -> {
                        json.writeStartObject();
                        json.writeStringField("batch", end.getKey().batch());
                        json.writeStringField("stream", end.getKey().name());
                        json.writeNumberField("end", end.getValue());
                        json.writeEndObject();
                    });
        }
    }
}
