package org.jetfanout.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The programs that jet-fanout starts on this machine.
 *
 * @param runner whose programs must be here; empty for none
 * @param local whether this machine configures hosts, too
 */
record ProgramsExamination(LocalPrograms programs, Optional<RunnerHere> runner, boolean local)
        implements Examination {
    private static final String PYTHON = "python3";

    /** What a job is made with: the same as on a worker. */
    private static final List<String> OF_JOBS =
            List.of("sh", "tar", "gzip", "setsid", "find", "mkfifo", "head");

    @Override
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        for (RunnerHere one : RunnerHere.values()) {
            boolean needed = runner.equals(Optional.of(one)) && (one.always() || local);
            findings.add(program(one.program(), needed, reason(one)));
        }
        boolean ansible = runner.equals(Optional.of(RunnerHere.ANSIBLE));
        findings.add(
                program(PYTHON, ansible, "ansible-playbook, and inventories that are programs"));
        if (local) {
            List<String> absent =
                    OF_JOBS.stream().filter(name -> programs.find(name).isEmpty()).toList();
            findings.add(
                    absent.isEmpty()
                            ? Finding.ok("jobs", "this machine has what a job needs")
                            : Finding.missing(
                                    "jobs",
                                    "not installed: " + String.join(", ", absent),
                                    "Install them: this machine configures hosts, too."));
        }
        return findings;
    }

    private static String reason(RunnerHere one) {
        return switch (one) {
            case JETP, JETPACK -> "hosts that this machine configures (unmatched: local)";
            case ANSIBLE -> "runs of ansible-playbook";
            case EXEC ->
                    "commands on hosts that this machine reaches, and Match exec in ssh_config";
        };
    }

    private Finding program(String name, boolean needed, String reason) {
        Optional<Path> here = programs.find(name);
        if (here.isPresent()) {
            return Finding.ok(name, here.orElseThrow().toString());
        }
        return needed
                ? Finding.missing(
                        name, "not on the PATH", "Install it: it is needed for " + reason + ".")
                : Finding.ok(name, "not here: needed only for " + reason);
    }
}
