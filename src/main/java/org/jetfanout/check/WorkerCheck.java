package org.jetfanout.check;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jetfanout.check.CheckResult.State;
import org.jetfanout.site.workers.Worker;

/**
 * What was found on one worker. Immutable.
 *
 * @param worker where
 * @param checks what, in the order in which a run would come upon it; those that could not be made
 *     are left out
 */
public record WorkerCheck(Worker worker, List<CheckResult> checks) {
    /** What a line about a worker without trouble tells. */
    private static final Set<String> TOLD = Set.of("runner", "space", "guard", "encryption");

    /** Copies the list. */
    public WorkerCheck {
        checks = List.copyOf(checks);
    }

    /** The worst of its checks. */
    public State state() {
        return checks.stream()
                .map(CheckResult::state)
                .max(Comparator.naturalOrder())
                .orElse(State.OK);
    }

    /** One line: state, worker, and what is wrong, or what is good to know. */
    public String text() {
        String details =
                checks.stream()
                        .filter(
                                check ->
                                        state() == State.OK
                                                ? TOLD.contains(check.check())
                                                : check.state() != State.OK)
                        .map(CheckResult::detail)
                        .collect(Collectors.joining("; "));
        return String.format("%-7s  %s (%s): ", state().word(), worker.name(), worker.group())
                + details;
    }

    /** The same for programs. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("worker", worker.name());
        json.put("workerGroup", worker.group());
        json.put("state", state().word());
        json.put("checks", checks.stream().map(WorkerCheck::json).toList());
        return json;
    }

    private static Map<String, Object> json(CheckResult check) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("check", check.check());
        json.put("state", check.state().word());
        json.put("detail", check.detail());
        return json;
    }
}
