package org.jetfanout.logs;

import java.util.List;
import org.jetfanout.record.RunRecord;
import org.jetfanout.text.Redaction;

/** Counts what a sink has not received of a run that no process works on. */
public final class Undelivered {
    /** How many documents are made at a time, to be counted. */
    private static final int DOCUMENTS = 5000;

    private static final int BYTES = 5 << 20;

    private Undelivered() {}

    /** The number of documents. They are made to be counted. */
    public static long count(RunRecord record, String sink) {
        long count = 0;
        try (LogDocumentReader left =
                new LogDocumentReader(
                        record, Redaction.of(List.of()), record.sinks().positions(sink))) {
            left.end();
            LogDocuments some = left.next(DOCUMENTS, BYTES);
            while (!some.documents().isEmpty() || !some.positions().isEmpty()) {
                count += some.documents().size();
                some = left.next(DOCUMENTS, BYTES);
            }
        }
        return count;
    }
}
