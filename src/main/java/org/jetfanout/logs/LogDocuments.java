package org.jetfanout.logs;

import java.util.List;
import java.util.Map;
import org.jetfanout.record.RecordStream;

/**
 * Some records, read together.
 *
 * @param records in order within each place; empty where there are none now
 * @param ends for each place that was read, the offset of the byte after its last record here:
 *     where to read on from once they are delivered
 */
public record LogDocuments(List<LogDocument> records, Map<RecordStream, Long> ends) {
    public LogDocuments {
        records = List.copyOf(records);
        ends = Map.copyOf(ends);
    }
}
