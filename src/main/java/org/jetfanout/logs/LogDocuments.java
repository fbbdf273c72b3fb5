package org.jetfanout.logs;

import java.util.List;
import java.util.Map;
import org.jetfanout.record.RecordStream;

/**
 * Some log documents that were read together.
 *
 * @param documents in order within each stream; empty where there are none now
 * @param positions for each stream that was read, the offset of the byte after its last document
 *     here: where to read on once they are delivered
 */
public record LogDocuments(List<LogDocument> documents, Map<RecordStream, Long> positions) {
    /** Copies the collections. */
    public LogDocuments {
        documents = List.copyOf(documents);
        positions = Map.copyOf(positions);
    }
}
