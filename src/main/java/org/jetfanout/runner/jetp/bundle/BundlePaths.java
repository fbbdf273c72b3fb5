package org.jetfanout.runner.jetp.bundle;

import java.util.List;

/**
 * Where in a bundle the files are that the runner's command line names. The paths are relative to
 * the bundle and contain no colon, because runners separate paths by colons. Immutable.
 */
public record BundlePaths(
        List<String> playbooks,
        List<String> roles,
        List<String> modules,
        List<String> inventory,
        List<String> extraVars) {
    /** Copies the lists. */
    public BundlePaths {
        playbooks = List.copyOf(playbooks);
        roles = List.copyOf(roles);
        modules = List.copyOf(modules);
        inventory = List.copyOf(inventory);
        extraVars = List.copyOf(extraVars);
    }
}
