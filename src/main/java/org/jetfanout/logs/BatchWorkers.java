package org.jetfanout.logs;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.Assignments;
import org.jetfanout.record.RunRecord;
import org.jetfanout.site.workers.Worker;

/**
 * What a run tells of its batches: who had each of them when ({@link Assignments}), and what the
 * plan says of it. Of a run that goes on only what is new is read again. Not thread-safe.
 */
final class BatchWorkers {
    private final RunRecord record;
    private final Path planFile;
    private final Assignments assignments;

    // Mutable state
    private Map<String, Worker> planned = Map.of();
    private Map<String, HostSet> hosts = Map.of();
    private long planTime = -1;

    BatchWorkers(RunRecord record) {
        this.record = record;
        this.planFile = record.folder().resolve("plan.json");
        this.assignments = Assignments.of(record);
    }

    /** Takes in what the record has more by now. */
    void readOn() {
        readPlan();
        assignments.readOn();
    }

    private void readPlan() {
        long changed = planFile.toFile().lastModified();
        if (changed == planTime || changed == 0) {
            return;
        }
        Map<String, Worker> workers = new HashMap<>();
        Map<String, HostSet> all = new HashMap<>();
        record.plan()
                .ifPresent(
                        plan -> {
                            for (Batch batch : plan.batches()) {
                                workers.put(batch.id(), batch.worker());
                                all.put(batch.id(), HostSet.of(batch.hosts()));
                            }
                        });
        planned = workers;
        hosts = all;
        planTime = changed;
    }

    /** Who had a batch at a time, or first; empty where nobody is known. */
    String worker(String batch, Instant time) {
        return assignments
                .worker(batch, time)
                .or(() -> Optional.ofNullable(planned.get(batch)).map(Worker::name))
                .orElse("");
    }

    /** The group of a batch's worker, also of one that stands in; empty where it is not known. */
    String group(String batch) {
        Worker worker = planned.get(batch);
        return worker == null ? "" : worker.group();
    }

    /**
     * Whether a worker that has this batch may speak of a host: it is one of the batch, or the
     * batch is not known.
     */
    boolean isOf(String batch, String host) {
        HostSet own = hosts.get(batch);
        return own == null || own.has(host);
    }
}
