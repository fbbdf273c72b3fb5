package org.jetfanout.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.ExitCode;
import org.jetfanout.check.CheckResult.State;

/**
 * What was found on all workers. Immutable.
 *
 * @param workers by worker group and name
 * @param warnings about workers.yml, one line each
 */
public record CheckReport(List<WorkerCheck> workers, List<String> warnings) {
    /** Copies the lists. */
    public CheckReport {
        workers = List.copyOf(workers);
        warnings = List.copyOf(warnings);
    }

    /** The exit code. A warning does not change it; a worker that is not fit for a run does. */
    public ExitCode exitCode() {
        return count(State.FAILED) == 0 ? ExitCode.OK : ExitCode.UNREACHABLE;
    }

    /** The whole result in one line. */
    public String summary() {
        return (workers.size() == 1 ? "1 worker: " : workers.size() + " workers: ")
                + count(State.OK)
                + " ok, "
                + count(State.WARNING)
                + " with warnings, "
                + count(State.FAILED)
                + " failed";
    }

    /** The whole result as one JSON document. */
    public Map<String, Object> json() {
        Map<String, Object> totals = new LinkedHashMap<>();
        totals.put("workers", workers.size());
        for (State state : State.values()) {
            totals.put(state.word(), count(state));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("workers", workers.stream().map(WorkerCheck::json).toList());
        json.put("warnings", warnings);
        json.put("totals", totals);
        json.put("exitCode", exitCode().code());
        return json;
    }

    private long count(State state) {
        return workers.stream().filter(worker -> worker.state() == state).count();
    }
}
