package org.jetfanout.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jetfanout.runner.HostResult;

/**
 * The results of the batches of a run: {@code results.ndjson} has a line for each host; {@code
 * batches.ndjson} has a line for each batch, which says where its hosts are in the other file. If a
 * batch has several lines, the last one counts. Thread-safe.
 */
final class ResultRows {
    private final String guid;
    private final Ndjson hosts;
    private final Ndjson batches;

    // Mutable state: what the owner knows without reading the files
    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final Set<String> resumable = ConcurrentHashMap.newKeySet();

    /**
     * @param folder of the run
     */
    ResultRows(String guid, Path folder) {
        this.guid = guid;
        this.hosts = new Ndjson(RunFile.RESULTS.in(folder));
        this.batches = new Ndjson(RunFile.BATCHES.in(folder));
    }

    /** Reads which batches have a result. */
    void readKnown() {
        StoredResults stored = read();
        ended.addAll(stored.batches());
        stored.batches().stream().filter(stored::isResumable).forEach(resumable::add);
    }

    /** The stored results, without lines that were written incompletely. */
    StoredResults read() {
        return StoredResults.read(batches, hosts);
    }

    /** Whether a batch has a result. */
    boolean has(String batch) {
        return ended.contains(batch);
    }

    /** Whether a batch was given up although its worker may still have its job. */
    boolean isResumable(String batch) {
        return resumable.contains(batch);
    }

    /** Stores a batch's result. It is on the disk when this returns. */
    void append(BatchResult result) {
        Ndjson.Range range = hosts.appendAll(out -> write(result, out));
        hosts.sync();
        batches.append(
                json -> {
                    json.writeStartObject();
                    json.writeStringField("guid", guid);
                    result.write(json);
                    json.writeNumberField("resultsFrom", range.from());
                    json.writeNumberField("resultsTo", range.to());
                    json.writeEndObject();
                });
        batches.sync();
        ended.add(result.batch());
        if (result.resumable()) {
            resumable.add(result.batch());
        } else {
            resumable.remove(result.batch());
        }
    }

    void sync() {
        hosts.sync();
        batches.sync();
    }

    void close() {
        hosts.close();
        batches.close();
    }

    private void write(BatchResult result, OutputStream out) throws IOException {
        try (JsonGenerator json = Json.generator(out)) {
            for (HostResult host : result.hosts()) {
                json.writeStartObject();
                json.writeStringField("time", result.ended().toString());
                json.writeStringField("guid", guid);
                json.writeStringField("batch", result.batch());
                json.writeStringField("worker", result.worker());
                json.writeStringField("host", host.host());
                json.writeStringField("outcome", host.outcome().word());
                json.writeStringField("reason", host.reason());
                json.writeEndObject();
                json.writeRaw('\n');
            }
        }
    }
}
