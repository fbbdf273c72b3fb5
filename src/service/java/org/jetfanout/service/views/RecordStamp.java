package org.jetfanout.service.views;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;

/**
 * Tells whether a record may have changed since it was read: times and lengths of the files that
 * say how the run stands, and whether a process works on it. Immutable.
 */
final class RecordStamp {
    private static final RunFile[] FILES = {
        RunFile.SUMMARY,
        RunFile.REQUEST,
        RunFile.PLAN,
        RunFile.STATES,
        RunFile.BATCHES,
        RunFile.TALLIES,
        RunFile.ROLLOUT,
        RunFile.PLAYS,
        RunFile.SIGNATURES,
        RunFile.TAKEN_OVER
    };

    private final long[] values;

    private RecordStamp(long[] values) {
        this.values = values;
    }

    static RecordStamp of(RunRecord record) {
        long[] values = new long[2 * FILES.length + 1];
        Path folder = record.folder();
        for (int i = 0; i < FILES.length; i++) {
            File file = FILES[i].in(folder).toFile();
            values[2 * i] = file.lastModified();
            values[2 * i + 1] = file.length();
        }
        values[2 * FILES.length] = record.isOwned() ? 1 : 0;
        return new RecordStamp(values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecordStamp stamp && Arrays.equals(values, stamp.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }
}
