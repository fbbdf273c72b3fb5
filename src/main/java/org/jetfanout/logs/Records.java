package org.jetfanout.logs;

import java.util.List;
import java.util.Map;
import org.jetfanout.record.Place;

/**
 * Some records, read together.
 *
 * @param records in order within each place; empty where there are none now
 * @param ends for each place that was read, the offset of the byte after its last record here:
 *     where to read on from once they are delivered
 */
public record Records(List<LogRecord> records, Map<Place, Long> ends) {
    public Records {
        records = List.copyOf(records);
        ends = Map.copyOf(ends);
    }
}
