package org.jetfanout.logs;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.Assignments;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.site.workers.Worker;

/**
 * What a run's record says about its batches: which worker had each of them at which time ({@link
 * Assignments}), and the plan. While the run goes on, only what is new is read. Not thread-safe.
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
        this.planFile = record.file(RunFile.PLAN);
        this.assignments = Assignments.of(record);
    }

    /** Reads what was added to the record. */
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

    /** The worker that had a batch at a time, or its first one; empty where that is unknown. */
    String worker(String batch, Instant time) {
        return assignments
                .worker(batch, time)
                .or(() -> Optional.ofNullable(planned.get(batch)).map(Worker::name))
                .orElse("");
    }

    /** The worker group of a batch, also while a substitute has it; empty where that is unknown. */
    String group(String batch) {
        Worker worker = planned.get(batch);
        return worker == null ? "" : worker.group();
    }

    /**
     * Whether a worker with this batch may report about a host: the host is in the batch, or the
     * batch is unknown.
     */
    boolean mayName(String batch, String host) {
        HostSet own = hosts.get(batch);
        return own == null || own.has(host);
    }
}
