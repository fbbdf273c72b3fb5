package org.jetfanout.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.site.workers.WorkerGroups;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * The answer of {@code capacity} for one worker group of a plan.
 *
 * @param workerGroup its name
 * @param hosts how many hosts the plan gives to it
 * @param workers how many workers it has, at least 1
 * @param capacity according to its settings in workers.yml; a play's own {@code batch_size}, which
 *     jetp prefers to them, is not considered
 * @param within the wanted time; empty to ask how long its workers take
 */
public record GroupCapacity(
        String workerGroup, int hosts, int workers, Capacity capacity, Optional<Duration> within) {

    /** The capacity of each worker group of the worker map, in the order of their names. */
    public static List<GroupCapacity> of(
            Plan plan,
            WorkerGroups groups,
            WorkersConfig config,
            Duration hostTime,
            Optional<Duration> within) {
        List<GroupCapacity> capacities = new ArrayList<>();
        for (String group : groups.names()) {
            int hosts =
                    plan.batches().stream()
                            .filter(batch -> batch.worker().group().equals(group))
                            .mapToInt(batch -> batch.hosts().size())
                            .sum();
            WorkerSettings settings = config.settings(group);
            capacities.add(
                    new GroupCapacity(
                            group,
                            hosts,
                            groups.workers(group).size(),
                            new Capacity(
                                    new Rounds(settings.threads(), settings.batchSize()), hostTime),
                            within));
        }
        return capacities;
    }

    /** The answer; empty where there are no hosts, or where no number of workers is enough. */
    public Optional<CapacityAnswer> answer() {
        if (hosts == 0) {
            return Optional.empty();
        }
        return within.isPresent()
                ? CapacityAnswer.within(capacity, hosts, within.get())
                : Optional.of(CapacityAnswer.withWorkers(capacity, hosts, workers));
    }

    /** Settings that leave workers idle, one line for each. */
    public List<String> warnings() {
        if (hosts == 0) {
            return List.of();
        }
        String warning = capacity.rounds().warning(capacity.hostsPerWorker(hosts, workers));
        return warning.isEmpty() ? List.of() : List.of(warning);
    }

    /** One line for people, and one more for each warning. */
    public List<String> text() {
        List<String> lines = new ArrayList<>();
        lines.add(workerGroup + ": " + line());
        warnings().forEach(warning -> lines.add("  warning: " + warning));
        return lines;
    }

    private String line() {
        if (hosts == 0) {
            return "no hosts";
        }
        Optional<CapacityAnswer> answer = answer();
        if (answer.isEmpty()) {
            return CapacityAnswer.tooShort(capacity.hostTime(), within.orElseThrow());
        }
        String text = answer.get().text();
        if (within.isEmpty()) {
            return text;
        }
        int missing = answer.get().workers() - workers;
        return text
                + "; the group has "
                + workers
                + (missing > 0 ? ", " + missing + " too few" : "");
    }

    /**
     * The same for programs. {@code workers} is as in {@link CapacityAnswer#json()}, and null where
     * there is no answer; {@code workersNow} is the number of workers that the group has.
     */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("workerGroup", workerGroup);
        json.put("workers", null);
        json.put("hosts", hosts);
        answer().ifPresent(answer -> json.putAll(answer.json()));
        json.put("workersNow", workers);
        json.put("warnings", warnings());
        return json;
    }
}
