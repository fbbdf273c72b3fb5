package org.jetfanout.it;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jetfanout.logs.LogDocumentReader;
import org.jetfanout.logs.LogDocuments;
import org.jetfanout.record.RunRecord;
import org.jetfanout.status.Runs;
import org.jetfanout.text.Redaction;

/** What the sinks of a run are to get. */
public final class ToShip {
    private ToShip() {}

    /**
     * The ids of all its log records.
     *
     * @param run GUID, or {@code last}
     */
    public static Set<String> ids(Path runs, String run) {
        Set<String> ids = new HashSet<>();
        try (RunRecord record = new Runs(runs).open(run);
                LogDocumentReader reader =
                        new LogDocumentReader(record, Redaction.defaults(), Map.of())) {
            reader.end();
            LogDocuments some = reader.next(1000, 1 << 20);
            while (!some.documents().isEmpty() || !some.positions().isEmpty()) {
                some.documents().forEach(one -> ids.add(one.id()));
                some = reader.next(1000, 1 << 20);
            }
        }
        return ids;
    }
}
