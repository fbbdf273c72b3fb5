package org.jetfanout.logs;

import java.util.List;
import org.jetfanout.record.RunRecord;
import org.jetfanout.text.Redaction;

/** What a sink did not get of a run that nobody works on. */
public final class Undelivered {
    /** Counted together. */
    private static final int RECORDS = 5000;

    private static final int BYTES = 5 << 20;

    private Undelivered() {}

    /** How many records, counted by making them. */
    public static long count(RunRecord record, String sink) {
        long count = 0;
        try (LogDocumentReader left =
                new LogDocumentReader(record, Redaction.of(List.of()), record.sinks().ends(sink))) {
            left.end();
            LogDocuments some = left.next(RECORDS, BYTES);
            while (!some.records().isEmpty() || !some.ends().isEmpty()) {
                count += some.records().size();
                some = left.next(RECORDS, BYTES);
            }
        }
        return count;
    }
}
