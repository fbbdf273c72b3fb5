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
 * @param worker the worker
 * @param checks the checks in the order in which a run would meet them; a check that could not be
 *     made is left out
 */
public record WorkerCheck(Worker worker, List<CheckResult> checks) {
    /** The checks that the line of a worker without problems shows. */
    private static final Set<String> TOLD = Set.of("runner", "space", "guard", "encryption");

    /** Copies the list. */
    public WorkerCheck {
        checks = List.copyOf(checks);
    }

    /** The worst state of the checks. */
    public State state() {
        return checks.stream()
                .map(CheckResult::state)
                .max(Comparator.naturalOrder())
                .orElse(State.OK);
    }

    /** One line for people: the state, the worker, and the problems or the most useful facts. */
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

    /** The same facts for programs. */
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
