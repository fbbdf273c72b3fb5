package org.jetfanout.service.views;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jetfanout.machine.LimitedMap;
import org.jetfanout.record.FileNames;
import org.jetfanout.record.RunRecord;
import org.jetfanout.status.Runs;

/**
 * Records that were read lately. A record is read again where it has changed, and one of a run that
 * goes on at most twice a second, however many people look. Thread-safe.
 */
final class Snapshots {
    private static final int MOST = 16;
    private static final long FRESH_NANOS = 400_000_000;

    private final Runs runs;

    // Mutable state
    private final Map<String, Object> locks = new ConcurrentHashMap<>();
    private final Map<String, Read> read = LimitedMap.byUse(MOST);

    private record Read(RecordStamp stamp, long nanos, RunSnapshot snapshot) {}

    Snapshots(Runs runs) {
        this.runs = runs;
    }

    /** The folder of a run's record. */
    Path folder(String guid) {
        Path folder = runs.folder().resolve(FileNames.isSafe(guid) ? guid : "no-such-run");
        if (!FileNames.isSafe(guid) || !Files.isDirectory(folder)) {
            throw new NoSuchRun("there is no run " + Shown.reason(guid));
        }
        return folder;
    }

    /** The run as it stands now, or stood half a second ago. */
    RunSnapshot of(String guid) {
        Path folder = folder(guid);
        synchronized (locks.computeIfAbsent(guid, id -> new Object())) {
            try (RunRecord record = RunRecord.at(folder)) {
                Read before = known(guid);
                if (before != null && System.nanoTime() - before.nanos() < FRESH_NANOS) {
                    return before.snapshot();
                }
                RecordStamp stamp = RecordStamp.of(record);
                RunSnapshot snapshot =
                        before != null && before.stamp().equals(stamp)
                                ? before.snapshot()
                                : RunSnapshot.of(record);
                synchronized (read) {
                    read.put(guid, new Read(stamp, System.nanoTime(), snapshot));
                }
                return snapshot;
            } finally {
                locks.remove(guid);
            }
        }
    }

    /** Forgets what was read of a run: somebody has just changed it. */
    void forget(String guid) {
        synchronized (read) {
            read.remove(guid);
        }
    }

    private Read known(String guid) {
        synchronized (read) {
            return read.get(guid);
        }
    }
}
