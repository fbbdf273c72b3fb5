package org.jetfanout.logs;

import java.util.List;
import java.util.Map;
import org.jetfanout.record.RecordStream;

/**
 * Some log documents that were read together.
 *
 * @param records in order within each stream; empty where there are none now
 * @param ends for each stream that was read, the offset of the byte after its last document here:
 *     where to read on once they are delivered
 */
public record LogDocuments(List<LogDocument> records, Map<RecordStream, Long> ends) {
    /** Copies the collections. */
    public LogDocuments {
        records = List.copyOf(records);
        ends = Map.copyOf(ends);
    }
}
