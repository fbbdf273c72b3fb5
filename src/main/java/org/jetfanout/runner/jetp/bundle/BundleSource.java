package org.jetfanout.runner.jetp.bundle;

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
 * @param inventory the whole inventory; each batch gets its slice of it
 * @param playbooks in the order in which they run
 * @param roles folders of roles, the first match wins; {@code roles/} beside the playbooks is
 *     always searched after them
 * @param modules folders of modules, likewise
 * @param extraVars files of {@code -e @file}, in order
 * @param limits of the run; the files of plays that have no host within them are left out
 * @param check refuses roles and variables that the runner would refuse
 * @param more further files for every worker, by their path in the bundle
 * @param warnings takes warnings for people
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
        Consumer<String> warnings) {
    /** Copies the collections. */
    public BundleSource {
        playbooks = List.copyOf(playbooks);
        roles = List.copyOf(roles);
        modules = List.copyOf(modules);
        extraVars = List.copyOf(extraVars);
        more = Map.copyOf(more);
    }
}
