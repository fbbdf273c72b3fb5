package org.jetfanout.record;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Finds the streams of a run record as they appear. Not thread-safe. */
public final class RecordStreams {
    /**
     * Within this time after a change, another change may leave the folder's time as it is: both
     * have the same tick of the clock.
     */
    private static final long SETTLED_MILLIS = 2000;

    private final RunRecord record;
    private final Instant created;

    // Mutable state
    private final Set<RecordStream> known = new HashSet<>();
    private long folderTime = -1;
    private boolean folderSettled;

    /** No stream is found yet. */
    public RecordStreams(RunRecord record) {
        this.record = record;
        this.created = record.created();
    }

    /** Passes on the streams that were not found before. */
    public void discover(Consumer<RecordStreamFile> to) {
        if (known.isEmpty()) {
            addRunStream(RecordStream.STATES, RunFile.STATES, to);
            addRunStream(RecordStream.RESULTS, RunFile.RESULTS, to);
            addRunStream(RecordStream.BATCHES, RunFile.BATCHES, to);
            addRunStream(RecordStream.PEOPLE, RunFile.PEOPLE, to);
            addRunStream(RecordStream.LOG, RunFile.LOG, to);
        }
        Path folder = record.file(RunFile.OUTPUT);
        long changed = folder.toFile().lastModified();
        if (changed == folderTime && folderSettled) {
            return;
        }
        folderSettled = System.currentTimeMillis() - changed > SETTLED_MILLIS;
        folderTime = changed;
        record.forEachOutput(
                (batch, stream) -> add(RecordStreamFile.ofJob(record, batch, stream, created), to));
    }

    private void addRunStream(String stream, RunFile file, Consumer<RecordStreamFile> to) {
        add(
                new RecordStreamFile(
                        new RecordStream(RecordStream.RUN, stream),
                        record.file(file),
                        Optional.empty(),
                        Path.of(""),
                        created),
                to);
    }

    private void add(RecordStreamFile file, Consumer<RecordStreamFile> to) {
        if (known.add(file.stream())) {
            to.accept(file);
        }
    }
}
