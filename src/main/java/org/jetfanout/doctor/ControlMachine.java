package org.jetfanout.doctor;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ssh.SshFiles;

/**
 * What a run uses of this machine. Immutable.
 *
 * @param environment of this process
 * @param ssh the user's files and agent
 * @param runs the folder with the run records, which need not exist
 * @param cache the folder with what starts fast, which need not exist
 * @param temporary the folder of temporary files
 * @param threads how many workers are used at once
 * @param runner the runner whose programs must be here; empty for none
 * @param local whether this machine configures hosts, too
 */
public record ControlMachine(
        Map<String, String> environment,
        SshFiles ssh,
        Path runs,
        Path cache,
        Path temporary,
        int threads,
        Optional<RunnerHere> runner,
        boolean local) {
    /** Copies the environment. */
    public ControlMachine {
        environment = Map.copyOf(environment);
    }
}
