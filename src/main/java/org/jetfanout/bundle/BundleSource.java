package org.jetfanout.bundle;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.playbook.HostLimits;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.playbook.PlaybookCheck;

/**
 * What a run's bundles are made of.
 *
 * @param inventory all of it; each batch gets its slice
 * @param playbooks in the order in which they run
 * @param roles folders of roles, first match wins; {@code roles/} beside the playbooks comes after
 *     them by itself
 * @param modules folders of modules, likewise
 * @param extraVars files of {@code -e @file}, in order
 * @param limits of the run: plays that they leave without any host bring no files
 * @param check refuses what the runner would refuse of roles and variables
 * @param more files of the caller for every worker, by their path in the bundle
 * @param talk takes warnings for people
 */
public record BundleSource(
        Inventory inventory,
        List<Playbook> playbooks,
        List<Path> roles,
        List<Path> modules,
        List<Path> extraVars,
        HostLimits limits,
        PlaybookCheck check,
        Map<String, byte[]> more,
        Consumer<String> talk) {
    public BundleSource {
        playbooks = List.copyOf(playbooks);
        roles = List.copyOf(roles);
        modules = List.copyOf(modules);
        extraVars = List.copyOf(extraVars);
        more = Map.copyOf(more);
    }
}
