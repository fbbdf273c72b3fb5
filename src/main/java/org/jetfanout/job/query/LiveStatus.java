package org.jetfanout.job.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.record.RunRecord;

/**
 * The state of a run, as its workers report it now. Immutable.
 *
 * @param guid the run
 * @param jobs one for each batch, in the plan's order. A batch that went from one worker to another
 *     has one for each worker that has files of it or does not answer
 */
public record LiveStatus(String guid, List<LiveJob> jobs) {
    /** The state of a job whose worker did not answer. */
    private static final String UNKNOWN = "unknown";

    /** The state of a job that the worker does not have. */
    private static final String NONE = "none";

    /** Copies the list. */
    public LiveStatus {
        jobs = List.copyOf(jobs);
    }

    /**
     * A batch's job, as its worker reports it.
     *
     * @param worker that was asked
     * @param batch id of the batch
     * @param state starting, waiting, running, ended, elsewhere, gone (its process disappeared),
     *     none (it was not started there, or was removed) or unknown (the worker did not answer)
     * @param exitCode the runner's, once it has ended
     * @param outputSize bytes of the text log there; -1 where unknown
     * @param eventsSize bytes of the event log there; -1 where unknown
     * @param detail why the state is unknown; may be empty
     */
    public record LiveJob(
            String worker,
            String batch,
            String state,
            OptionalInt exitCode,
            long outputSize,
            long eventsSize,
            String detail) {
        /** Whether the worker answered. */
        public boolean isKnown() {
            return !state.equals(UNKNOWN);
        }
    }

    /** Asks all workers of a run. Returns when each has answered or failed. */
    public static LiveStatus ask(RunRecord record, WorkerQuery query) throws IOException {
        RunWorkers workers = RunWorkers.of(record);
        Map<String, WorkerAnswer> answers = new HashMap<>();
        query.status(record.guid(), workers.workers(workers.names()))
                .forEach(answer -> answers.put(answer.worker().name(), answer));
        List<LiveJob> jobs = new ArrayList<>();
        workers.batches()
                .forEach(
                        (batch, names) -> {
                            int left = names.size();
                            for (String name : names) {
                                left--;
                                LiveJob job =
                                        job(name, batch, Optional.ofNullable(answers.get(name)));
                                if (left == 0 || !job.state().equals(NONE)) {
                                    jobs.add(job);
                                }
                            }
                        });
        return new LiveStatus(record.guid(), jobs);
    }

    private static LiveJob job(String worker, String batch, Optional<WorkerAnswer> answer) {
        String trouble =
                answer.map(WorkerAnswer::trouble)
                        .orElse(
                                "worker "
                                        + worker
                                        + ": the run record has no address for this worker");
        if (!trouble.isEmpty()) {
            return new LiveJob(worker, batch, UNKNOWN, OptionalInt.empty(), -1, -1, trouble);
        }
        for (JobStatus job : answer.orElseThrow().jobs()) {
            if (job.batch().equals(batch)) {
                return new LiveJob(
                        worker,
                        batch,
                        job.state().name().toLowerCase(Locale.ROOT),
                        job.exitCode(),
                        job.outputSize(),
                        job.eventsSize(),
                        "");
            }
        }
        return new LiveJob(worker, batch, NONE, OptionalInt.empty(), -1, -1, "");
    }

    /** Whether all workers answered. */
    public boolean isComplete() {
        return jobs.stream().allMatch(LiveJob::isKnown);
    }

    /** The status for programs. What is unknown is null. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("guid", guid);
        json.put("jobs", jobs.stream().map(LiveStatus::json).toList());
        return json;
    }

    private static Map<String, Object> json(LiveJob job) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("worker", job.worker());
        json.put("batch", job.batch());
        json.put("state", job.state());
        json.put("exitCode", job.exitCode().isPresent() ? job.exitCode().getAsInt() : null);
        json.put("output", job.outputSize() < 0 ? null : job.outputSize());
        json.put("events", job.eventsSize() < 0 ? null : job.eventsSize());
        json.put("detail", job.detail());
        return json;
    }

    /** The status for people. The caller makes it harmless. */
    public List<String> text() {
        List<String> lines = new ArrayList<>();
        Map<String, Integer> states = new LinkedHashMap<>();
        for (LiveJob job : jobs) {
            states.merge(job.state(), 1, Integer::sum);
            StringBuilder line = new StringBuilder();
            line.append("%s  batch %s  %-8s".formatted(job.worker(), job.batch(), job.state()));
            job.exitCode().ifPresent(code -> line.append("  exit code ").append(code));
            if (job.outputSize() >= 0) {
                line.append("  output ").append(job.outputSize()).append(" bytes");
                line.append(", events ").append(job.eventsSize()).append(" bytes");
            }
            line.append(job.detail().isEmpty() ? "" : "  " + job.detail());
            lines.add(line.toString().stripTrailing());
        }
        List<String> counts = new ArrayList<>();
        states.forEach((state, count) -> counts.add(count + " " + state));
        lines.add("run " + guid + ", as its workers report it: " + String.join(", ", counts));
        return lines;
    }
}
