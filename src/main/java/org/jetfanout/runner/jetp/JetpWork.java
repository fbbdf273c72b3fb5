package org.jetfanout.runner.jetp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jetfanout.plan.BatchPlays;
import org.jetfanout.plan.Plan;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.runner.Work;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.runner.jetp.bundle.BundleFiles;
import org.jetfanout.runner.jetp.bundle.BundleSource;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.playbook.AddressedHosts;
import org.jetfanout.site.playbook.ModuleFolders;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.playbook.PlaybookCheck;
import org.jetfanout.site.playbook.Vocabulary;
import org.jetfanout.site.workers.LocalhostPolicy;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * Playbooks and inventory of jetp, read and checked. Immutable.
 *
 * @param request what the user asked for
 * @param check refuses roles and variables that the runners would refuse
 * @param hosts the hosts that the playbooks address, within the limits, in inventory order; all of
 *     the inventory within the limits where there is no playbook
 */
record JetpWork(
        PlaybookRequest request,
        Inventory inventory,
        List<Playbook> playbooks,
        PlaybookCheck check,
        List<String> hosts)
        implements Work {
    private static final int SSH_PORT = 22;

    /** How long a dynamic inventory may take. */
    private static final Duration INVENTORY_TIMEOUT = Duration.ofMinutes(5);

    static JetpWork read(
            PlaybookRequest request, WorkersConfig workers, Consumer<String> warnings) {
        Vocabulary words = workers.anyRunnerModules() ? Vocabulary.any() : Vocabulary.known();
        PlaybookCheck check =
                new PlaybookCheck(
                        words.with(workers.runnerModules())
                                .besides(
                                        ModuleFolders.names(
                                                request.modules(), request.playbooks())),
                        warnings);
        List<Playbook> playbooks =
                request.playbooks().stream().map(file -> Playbook.read(file, check)).toList();
        Inventory inventory = Inventory.load(request.inventories(), INVENTORY_TIMEOUT, warnings);
        if (playbooks.isEmpty()) {
            List<String> all =
                    AddressedHosts.hostsOf(inventory, List.of(Inventory.ALL), request.limits());
            return new JetpWork(request, inventory, playbooks, check, all);
        }
        List<String> hosts =
                AddressedHosts.hosts(
                        inventory, playbooks, request.limits(), mayBeLocalhost(workers));
        inventory.checkVariables(hosts);
        return new JetpWork(request, inventory, playbooks, check, hosts);
    }

    private static boolean mayBeLocalhost(WorkersConfig workers) {
        return workers.workerGroups().stream()
                .anyMatch(group -> workers.settings(group).localhost() == LocalhostPolicy.WORKER);
    }

    @Override
    public int port() {
        return request.options().port().orElse(SSH_PORT);
    }

    @Override
    public boolean isRunnable() {
        return !playbooks.isEmpty();
    }

    @Override
    public List<String> warnings() {
        return KeyFiles.warnings(this);
    }

    @Override
    public BatchPlays plays(Plan plan) {
        return BatchPlays.inOrder(inventory, playbooks, plan);
    }

    @Override
    public JetpWork with(WorkRequest kept) {
        return new JetpWork((PlaybookRequest) kept, inventory, playbooks, check, hosts);
    }

    @Override
    public RunnerFiles pack(Path folder, Consumer<String> warnings) {
        BundleSource source =
                new BundleSource(
                        inventory,
                        playbooks,
                        request.roles(),
                        request.modules(),
                        request.extraVars().stream().map(JetpWork::file).toList(),
                        request.limits(),
                        check,
                        Map.of(),
                        warnings);
        return new JetpFiles(request.options(), source, BundleFiles.pack(source, folder));
    }

    private static Path file(String variables) {
        if (!variables.startsWith("@")) {
            throw new IllegalArgumentException(
                    "variables in the command line: every user of a worker could read them");
        }
        return Path.of(variables.substring(1));
    }
}
