package org.jetfanout.doctor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.ExitCode;
import org.jetfanout.doctor.Finding.State;

/** All that was found. Immutable. */
public record DoctorReport(List<Finding> findings) {
    /** Copies the list. */
    public DoctorReport {
        findings = List.copyOf(findings);
    }

    /** The exit code. A warning does not change it. */
    public ExitCode exitCode() {
        return count(State.MISSING) == 0 ? ExitCode.OK : ExitCode.CONFIGURATION;
    }

    /** The whole result in one line. */
    public String summary() {
        return "this machine: %d ok, %d with warnings, %d missing"
                .formatted(count(State.OK), count(State.WARNING), count(State.MISSING));
    }

    /** The whole result as one JSON document. */
    public Map<String, Object> json() {
        Map<String, Object> totals = new LinkedHashMap<>();
        for (State state : State.values()) {
            totals.put(state.word(), count(state));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("findings", findings.stream().map(Finding::json).toList());
        json.put("totals", totals);
        json.put("exitCode", exitCode().code());
        return json;
    }

    private long count(State state) {
        return findings.stream().filter(finding -> finding.state() == state).count();
    }
}
