package org.jetfanout.sink.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.Sink;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.sink.SinkSettings;
import org.jetfanout.sink.SinkStoppedException;

/**
 * The file sink: appends documents to a file, one JSON object a line. It does not write a document
 * that the file has already, so each one is there once, even after a crash. Thread-safe.
 */
public final class FileSink implements Sink {
    private static final String GUID = "{guid}";

    private final String path;
    private final long rotateSize;
    private final int rotateCount;

    // Mutable state
    private final Map<String, NdjsonFile> files = new HashMap<>();

    /** A sink with these settings. */
    public FileSink(SinkSettings settings) {
        path = settings.get(FileSettings.PATH).toString();
        if (path.replace(GUID, "").matches(".*[{}].*")) {
            throw settings.wrong(FileSettings.PATH, "the only placeholder is {guid}");
        }
        rotateSize = settings.get(FileSettings.ROTATE_SIZE);
        rotateCount = settings.get(FileSettings.ROTATE_COUNT);
    }

    @Override
    public Map<String, Object> beans() {
        return Map.of("file.append", (Processor) this::append);
    }

    @SuppressWarnings("unchecked") // the contract of the sinks' routes
    void append(Exchange exchange)
            throws IOException, SinkStoppedException, InvalidPayloadException {
        List<LogDocument> documents = exchange.getMessage().getMandatoryBody(List.class);
        String guid = exchange.getProperty(SinkDelivery.PROPERTY, SinkDelivery.class).guid();
        Path file = Path.of(path.replace(GUID, guid)).toAbsolutePath();
        try {
            of(guid, file).append(documents);
        } catch (AccessDeniedException e) {
            throw new SinkStoppedException("file sink: " + file + ": permission denied");
        }
    }

    private synchronized NdjsonFile of(String guid, Path file) {
        return files.computeIfAbsent(
                guid, run -> new NdjsonFile(file, run, rotateSize, rotateCount));
    }
}
