package org.jetfanout.runner.jetp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.plan.BatchPlays;
import org.jetfanout.plan.Plan;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.runner.Work;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.runner.jetp.bundle.BundleFiles;
import org.jetfanout.runner.jetp.bundle.BundleSource;
import org.jetfanout.runner.jetp.bundle.JetpackHosts;
import org.jetfanout.runner.jetp.bundle.JetpackPlays;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.inventory.Overlay;
import org.jetfanout.site.playbook.AddressedHosts;
import org.jetfanout.site.playbook.Dialect;
import org.jetfanout.site.playbook.ModuleFolders;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.playbook.PlaybookCheck;
import org.jetfanout.site.playbook.Vocabulary;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.site.yaml.YamlValue;

/**
 * Playbooks and inventory of jetp, read and checked. Immutable.
 *
 * @param request what the user asked for
 * @param check refuses roles and variables that the runners would refuse
 * @param apart refuses plans that deal hosts to several batches which must be in one
 * @param hosts the hosts that the playbooks address, within the limits, in inventory order; all of
 *     the inventory within the limits where there is no playbook
 */
record JetpWork(
        PlaybookRequest request,
        Inventory inventory,
        List<Playbook> playbooks,
        PlaybookCheck check,
        JetpackPlays apart,
        List<String> hosts)
        implements Work {
    private static final int SSH_PORT = 22;

    /** How long a dynamic inventory may take. */
    private static final Duration INVENTORY_TIMEOUT = Duration.ofMinutes(5);

    static JetpWork read(
            PlaybookRequest request, WorkersConfig workers, Consumer<String> warnings) {
        Optional<Dialect> said = workers.jetRunner().flatMap(Dialect::of);
        return readAs(said.isPresent() ? request.in(said) : request, workers, warnings);
    }

    private static JetpWork readAs(
            PlaybookRequest request, WorkersConfig workers, Consumer<String> warnings) {
        Optional<Dialect> dialect = request.options().dialect();
        boolean jetpack = request.options().isJetpack();
        if (request.options().async() && !jetpack) {
            throw ConfigurationException.at(
                    workers.file(),
                    "--async is an option of Jetpack, and the runner is jetp: set 'runner: jetpack'"
                            + " where it is Jetpack");
        }
        Vocabulary known = dialect.map(Vocabulary::of).orElseGet(Vocabulary::known);
        Vocabulary words = workers.anyRunnerModules() ? Vocabulary.any() : known;
        PlaybookCheck check =
                new PlaybookCheck(
                        words.with(workers.runnerModules())
                                .besides(
                                        ModuleFolders.names(
                                                request.modules(), request.playbooks())),
                        warnings);
        List<Playbook> playbooks =
                request.playbooks().stream().map(file -> Playbook.read(file, check)).toList();
        JetpackPlays apart =
                jetpack
                        ? JetpackPlays.read(
                                playbooks, request.roles(), request.options().async(), warnings)
                        : JetpackPlays.none();
        Inventory inventory =
                Inventory.load(
                        request.inventories(),
                        jetpack ? Overlay.MERGE : Overlay.REPLACE,
                        INVENTORY_TIMEOUT,
                        warnings);
        if (playbooks.isEmpty()) {
            List<String> all =
                    AddressedHosts.hostsOf(inventory, List.of(Inventory.ALL), request.limits());
            return new JetpWork(request, inventory, playbooks, check, apart, all);
        }
        List<String> hosts =
                AddressedHosts.hosts(
                        inventory, playbooks, request.limits(), workers.mayBeLocalhost());
        inventory.checkVariables(hosts);
        if (jetpack) {
            new JetpackHosts(inventory).check(hosts);
            request.extraVars().forEach(JetpWork::checkExtra);
        }
        return new JetpWork(request, inventory, playbooks, check, apart, hosts);
    }

    /** JSON is YAML, so that both forms are read in one way. */
    private static void checkExtra(String text) {
        boolean isFile = text.startsWith("@");
        Path file = Path.of(isFile ? text.substring(1) : "--extra-vars");
        Optional<YamlValue> value = isFile ? YamlValue.read(file) : YamlValue.parse(file, text);
        value.filter(YamlValue::isMapping)
                .ifPresent(
                        variables ->
                                JetpackHosts.checkExtra(
                                        file.toString(), (Map<?, ?>) variables.plain()));
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
    public void check(Plan plan) {
        apart.check(inventory, hosts, plan);
    }

    @Override
    public JetpWork with(WorkRequest kept) {
        PlaybookRequest same = ((PlaybookRequest) kept).in(request.options().dialect());
        return new JetpWork(same, inventory, playbooks, check, apart, hosts);
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
