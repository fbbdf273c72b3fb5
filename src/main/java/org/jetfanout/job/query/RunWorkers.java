package org.jetfanout.job.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.Assignments;
import org.jetfanout.record.RunRecord;
import org.jetfanout.site.workers.Worker;

/** The workers that may have files or a job of a run, according to its record. Immutable. */
public final class RunWorkers {
    private final Map<String, Worker> known;
    private final Map<String, Set<String>> batches;

    private RunWorkers(Map<String, Worker> known, Map<String, Set<String>> batches) {
        this.known = known;
        this.batches = batches;
    }

    /**
     * Reads the workers from the record.
     *
     * @throws ConfigurationException where the run has no plan yet
     */
    public static RunWorkers of(RunRecord record) throws IOException {
        Plan plan =
                record.plan()
                        .orElseThrow(
                                () ->
                                        new ConfigurationException(
                                                "run "
                                                        + record.guid()
                                                        + " has no plan in its run record: it"
                                                        + " sent nothing to a worker"));
        Assignments assignments = Assignments.of(record);
        Map<String, Worker> known = new LinkedHashMap<>();
        Map<String, Set<String>> batches = new LinkedHashMap<>();
        for (Batch batch : plan.batches()) {
            known.putIfAbsent(batch.worker().name(), batch.worker());
            Set<String> names = new LinkedHashSet<>(assignments.workers(batch.id()));
            if (names.isEmpty()) {
                names.add(batch.worker().name());
            }
            batches.put(batch.id(), names);
        }
        // a substitute may have no batch in the plan
        record.workers().values().stream()
                .flatMap(Collection::stream)
                .forEach(worker -> known.putIfAbsent(worker.name(), worker));
        return new RunWorkers(known, batches);
    }

    /** The names of the workers that had a batch, each once, in the plan's order. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        batches.values().forEach(names::addAll);
        return names;
    }

    /** A worker by its name; empty where the record has no address for it. */
    public Optional<Worker> worker(String name) {
        return Optional.ofNullable(known.get(name));
    }

    /** The workers of these names whose address is known. */
    public List<Worker> workers(Collection<String> names) {
        List<Worker> workers = new ArrayList<>();
        names.forEach(name -> worker(name).ifPresent(workers::add));
        return workers;
    }

    /** The workers of each batch, the latest one last. Batches are in the plan's order. */
    Map<String, Set<String>> batches() {
        return batches;
    }
}
