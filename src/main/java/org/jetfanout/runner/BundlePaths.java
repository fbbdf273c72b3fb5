package org.jetfanout.runner;

import java.util.List;

/**
 * Where a bundle keeps what the runner's command line names: paths relative to the bundle, each
 * without a colon (jetp parts paths by it). Immutable.
 */
public record BundlePaths(
        List<String> playbooks,
        List<String> roles,
        List<String> modules,
        List<String> inventory,
        List<String> extraVars) {
    public BundlePaths {
        playbooks = List.copyOf(playbooks);
        roles = List.copyOf(roles);
        modules = List.copyOf(modules);
        inventory = List.copyOf(inventory);
        extraVars = List.copyOf(extraVars);
    }
}
