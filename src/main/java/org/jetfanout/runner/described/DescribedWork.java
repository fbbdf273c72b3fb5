package org.jetfanout.runner.described;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.plan.BatchPlays;
import org.jetfanout.plan.Plan;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.runner.Work;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.runner.exec.SshTargets;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * What a described runner is to do, read and checked. Immutable.
 *
 * @param request what the user asked for
 * @param hosts each with an address that ssh takes for nothing else
 * @param arguments words of the user's command line, with the files that they name
 */
record DescribedWork(
        DescribedRequest request, Inventory inventory, List<String> hosts, ArgumentFiles arguments)
        implements Work {
    private static final int SSH_PORT = 22;

    static DescribedWork read(
            DescribedRequest request, WorkersConfig workers, Consumer<String> warnings) {
        ArgumentFiles arguments =
                ArgumentFiles.of(
                        request.definition().sendsFiles(),
                        request.arguments(),
                        request.directory());
        refuseArguments(request);
        request.checkFiles();
        Inventory inventory = request.hosts().inventory(workers, warnings);
        List<String> hosts = request.hosts().hosts(inventory, workers);
        inventory.checkVariables(hosts);
        DescribedWork work = new DescribedWork(request, inventory, hosts, arguments);
        // refuses what the file of the hosts could not say, before anything is sent
        request.definition().hosts().content(hosts, work.facts());
        return work;
    }

    private static void refuseArguments(DescribedRequest request) {
        boolean taken =
                request.definition().command().stream()
                        .anyMatch(word -> word.is(DefinitionReader.ARGUMENTS));
        if (!taken && !request.arguments().isEmpty()) {
            throw ConfigurationException.at(
                    request.definition().file(),
                    "the command has no {args}, so the runner takes none of the words after --");
        }
    }

    /** By which addresses, ports and login names the hosts are reached. */
    SshTargets targets() {
        return new SshTargets(inventory, request.logins());
    }

    /** What the file of the hosts may say of them. */
    HostFacts facts() {
        SshTargets targets = targets();
        return (host, name) ->
                switch (name) {
                    case "name" -> Optional.of(host);
                    case "address" -> Optional.of(targets.of(host).address());
                    case "port" -> Optional.of(targets.of(host).port().orElse(SSH_PORT));
                    case "user" -> Optional.of(targets.of(host).login());
                    default ->
                            inventory.variable(
                                    host, name.substring(HostsFileReader.VARIABLE.length()));
                };
    }

    @Override
    public int port() {
        return request.logins().port().orElse(SSH_PORT);
    }

    @Override
    public boolean isRunnable() {
        return true;
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public BatchPlays plays(Plan plan) {
        return BatchPlays.none();
    }

    @Override
    public DescribedWork with(WorkRequest kept) {
        return new DescribedWork((DescribedRequest) kept, inventory, hosts, arguments);
    }

    @Override
    public RunnerFiles pack(Path folder, Consumer<String> warnings) {
        return DescribedFiles.pack(this, folder, warnings);
    }
}
