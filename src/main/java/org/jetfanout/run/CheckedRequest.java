package org.jetfanout.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.pack.AgentAccess;
import org.jetfanout.pack.Bundles;
import org.jetfanout.pack.PackSteps;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.BatchPlays;
import org.jetfanout.plan.Batches;
import org.jetfanout.plan.PackagedPlan;
import org.jetfanout.plan.Plan;
import org.jetfanout.plan.PlanSteps;
import org.jetfanout.plan.Waves;
import org.jetfanout.plan.WorkerMap;
import org.jetfanout.plan.WorkersAmongHosts;
import org.jetfanout.run.camel.Pipeline;
import org.jetfanout.run.camel.Routes;
import org.jetfanout.run.camel.RoutesFolder;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.runner.Work;
import org.jetfanout.site.inventory.HostRanges;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.workers.AgentMode;
import org.jetfanout.site.workers.PlayOrder;
import org.jetfanout.site.workers.RolloutRules;
import org.jetfanout.site.workers.UnmatchedPolicy;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerGroups;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.ssh.SshSettings;

/**
 * A request after workers.yml and all that it names for its runner were read and checked, with the
 * hosts that it addresses. Nothing has been sent.
 *
 * @param hosts the hosts that the work addresses, within the limits, in inventory order
 */
public record CheckedRequest(
        RunRequest request,
        Work work,
        WorkersConfig workers,
        WorkerGroups workerGroups,
        List<String> hosts) {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,7}");

    /** The most hosts that an error names. */
    private static final int MOST_NAMED = 1000;

    /**
     * Reads everything that a plan needs. A request that says nothing to do addresses all hosts of
     * the worker map. It is only for commands that look.
     *
     * @param warnings takes warnings and the stderr of dynamic inventories, for people
     */
    public static CheckedRequest read(RunRequest request, Consumer<String> warnings) {
        // read first, so that errors in them are reported before anything is begun
        request.routes().ifPresent(RoutesFolder::read);
        WorkersConfig workers =
                WorkersConfig.read(request.workerConfig(), Set.of(Runner.EVENTS_VARIABLE));
        Work work = request.work().read(workers, warnings);
        checkCommandLines(request.work().runner(), workers);
        WorkerGroups groups = WorkerGroups.resolve(workers, work.inventory());
        CheckedRequest prepared = new CheckedRequest(request, work, workers, groups, work.hosts());
        return work.isRunnable()
                ? prepared.withoutWorkers(warnings)
                : prepared.ofWorkerMap(warnings);
    }

    /** Groups and hosts. */
    public Inventory inventory() {
        return work.inventory();
    }

    /**
     * Treats workers among the hosts as workers.yml says: refuses them, leaves them out, or allows
     * them.
     */
    private CheckedRequest withoutWorkers(Consumer<String> warnings) {
        WorkersAmongHosts among = workersAmongHosts();
        if (among.isEmpty()) {
            return this;
        }
        String which = among.text(HostRanges::fold);
        return switch (workers.workersAsHosts()) {
            case REFUSE ->
                    throw ConfigurationException.at(
                            workers.file(),
                            count(among)
                                    + " too, so the run would configure its own workers: "
                                    + which
                                    + ". Remove them from the groups of the plays, or set"
                                    + " 'workers_as_hosts: skip' (leaves them out) or"
                                    + " 'workers_as_hosts: allow'");
            case SKIP -> {
                warnings.accept("workers_as_hosts: skip: " + count(among) + ", left out: " + which);
                List<String> left =
                        hosts.stream().filter(host -> !among.hosts().containsKey(host)).toList();
                if (left.isEmpty()) {
                    throw new ConfigurationException(
                            "no hosts remain: all of them are workers of the run, and"
                                    + " 'workers_as_hosts: skip' leaves them out");
                }
                yield new CheckedRequest(request, work, workers, workerGroups, left);
            }
            case ALLOW -> {
                warnings.accept(
                        "warning: "
                                + count(among)
                                + " too ('workers_as_hosts: allow'): if the playbook reboots them"
                                + " or restarts their network, it interrupts the run: "
                                + which);
                yield this;
            }
        };
    }

    private static String count(WorkersAmongHosts among) {
        return among.hosts().size() == 1
                ? "1 host is a worker of the run"
                : among.hosts().size() + " hosts are workers of the run";
    }

    private WorkersAmongHosts workersAmongHosts() {
        return WorkersAmongHosts.of(
                hosts, inventory(), WorkerMap.of(workers, inventory()), workerGroups, work.port());
    }

    /** The same, with a request that differs only in where its files are kept. */
    private CheckedRequest with(RunRequest kept) {
        return new CheckedRequest(kept, work.with(kept.work()), workers, workerGroups, hosts);
    }

    /**
     * The same, with the files of its request kept in a folder of the run; see {@link
     * RunRequest#keptIn}.
     *
     * @param other the same request, with other sinks
     */
    public CheckedRequest keptIn(Path folder, RunRequest other) throws IOException {
        return with(other.keptIn(folder));
    }

    /** For commands that look: all hosts of the worker map count. */
    private CheckedRequest ofWorkerMap(Consumer<String> warnings) {
        WorkerMap map = WorkerMap.of(workers, inventory());
        List<String> mapped = hosts.stream().filter(host -> map.match(host) != null).toList();
        CheckedRequest prepared = new CheckedRequest(request, work, workers, workerGroups, mapped);
        WorkersAmongHosts among = prepared.workersAmongHosts();
        if (!among.isEmpty()) {
            warnings.accept(
                    "warning: among the hosts of the worker map, "
                            + count(among)
                            + " too: "
                            + among.text(HostRanges::fold)
                            + "; see workers_as_hosts");
        }
        return prepared;
    }

    private static void checkCommandLines(Runner runner, WorkersConfig workers) {
        for (String group : workers.workerGroups()) {
            try {
                ShellWords.split(workers.settings(group).program(runner.name()));
            } catch (IllegalArgumentException e) {
                throw workers.programError(group, e.getMessage());
            }
        }
    }

    /**
     * Warnings about what workers.yml allows but users seldom mean, one line each with the file.
     */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>(workers.warnings());
        for (String group : workers.workerGroups()) {
            int threads = workers.settings(group).threads();
            request.work()
                    .runner()
                    .warning(threads)
                    .map(
                            what ->
                                    "%s: threads: %d of worker group '%s' %s"
                                            .formatted(workers.file(), threads, group, what))
                    .ifPresent(warnings::add);
        }
        return warnings;
    }

    /**
     * Deals the hosts to the workers with the plan route. Nothing is sent. Where the route can only
     * be the packaged one, Camel is not started for it: that would take longer than all else.
     */
    public Plan plan(String guid) {
        return request.routes().isEmpty()
                ? planned(
                        new PackagedPlan(workerMap(), workerGroups, batches())
                                .of(guid, hostsByWave()))
                : plan(guid, request.routes());
    }

    /** Deals the hosts with the plan route that is in this folder, or else the packaged one. */
    Plan plan(String guid, Optional<Path> routes) {
        try (Pipeline pipeline = new Pipeline(Routes.PLAN, routes, planBeans(guid), Map.of())) {
            return plan(pipeline);
        }
    }

    /**
     * Deals the hosts with a pipeline that has the plan route.
     *
     * @throws ConfigurationException where not every host comes out exactly once
     */
    Plan plan(Pipeline pipeline) {
        return planned(pipeline.request("direct:plan", hostsByWave(), Object.class));
    }

    /**
     * The plan that the plan route has made.
     *
     * @throws ConfigurationException where it is no plan, or not every host came out exactly once
     */
    Plan planned(Object made) {
        if (!(made instanceof Plan plan)) {
            throw new ConfigurationException(
                    "route plan made no plan: its last step must be 'ref: plan.plan'. See docs/routes.md");
        }
        Set<String> left = new LinkedHashSet<>(hosts);
        List<String> strange = new ArrayList<>();
        Stream.concat(
                        plan.batches().stream().flatMap(batch -> batch.hosts().stream()),
                        plan.unmatched().stream())
                .filter(host -> !left.remove(host))
                .forEach(strange::add);
        refuse(
                left,
                "lost %s of %d (%s): each host must end in a batch or as unmatched. Check that"
                        + " the route still has 'aggregationStrategy: plan.batches' and 'ref: plan.deal'");
        refuse(strange, "returned %s that it did not receive, besides %d others (%s)");
        work.check(plan);
        return plan;
    }

    /** The hosts in the order in which they are dealt, so that each wave is dealt evenly. */
    List<String> hostsByWave() {
        List<String> first = waves().hosts();
        if (first.size() == hosts.size()) {
            return first;
        }
        Set<String> all = new LinkedHashSet<>(first);
        all.addAll(hosts);
        return List.copyOf(all);
    }

    private void refuse(Collection<String> some, String what) {
        if (!some.isEmpty()) {
            String named = HostRanges.fold(some.stream().limit(MOST_NAMED).toList());
            throw new ConfigurationException(
                    "route plan "
                            + what.formatted(
                                    some.size() == 1 ? "1 host" : some.size() + " hosts",
                                    hosts.size(),
                                    some.size() > MOST_NAMED ? named + ",…" : named));
        }
    }

    /** Which plays each batch has, where workers wait for each other between plays. */
    public BatchPlays plays(Plan plan) {
        return request.order().or(workers::order).orElse(PlayOrder.PLAYS) == PlayOrder.PLAYS
                ? work.plays(plan)
                : BatchPlays.none();
    }

    /**
     * The words of the command line that the worker of each batch would run. Nothing is sent, and
     * no file is left.
     */
    public Function<Batch, List<String>> commands(Consumer<String> warnings) throws IOException {
        Path folder = Files.createTempDirectory("jet-fanout");
        Bundles bundles = new Bundles(folder);
        try {
            RunnerFiles files = bundles.pack(keptIn(folder, request).work(), warnings);
            return batch -> files.command(batch, workers.settings(batch.worker().group()));
        } finally {
            bundles.remove();
        }
    }

    /**
     * The steps of the pack route.
     *
     * @param doing takes the progress, for people
     * @param warnings takes warnings for people
     */
    public PackSteps packSteps(
            String guid,
            Bundles bundles,
            SshSettings ssh,
            Consumer<String> doing,
            Consumer<String> warnings) {
        return new PackSteps(guid, bundles, work, workers, requireAgent(ssh), doing, warnings);
    }

    /**
     * How many workers there may be, each counted once, with the control machine where it may have
     * a batch.
     */
    int workerCount() {
        int local = workers.unmatched() == UnmatchedPolicy.LOCAL ? 1 : 0;
        return local
                + (int)
                        workerGroups.names().stream()
                                .flatMap(group -> workerGroups.workers(group).stream())
                                .distinct()
                                .count();
    }

    /**
     * The silence after which connections are probed. All workers have the same: the shortest in
     * workers.yml.
     */
    Duration keepalive() {
        return workers.workerGroups().stream()
                .map(group -> workers.settings(group).keepalive())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** The worker groups, with that of the control machine where it may have a batch. */
    List<String> groups() {
        List<String> groups = new ArrayList<>(workers.workerGroups());
        if (isLocal()) {
            groups.add(Worker.CONTROL_MACHINE.group());
        }
        return groups;
    }

    /** Whether the control machine configures hosts that no worker configures. */
    boolean isLocal() {
        return workers.unmatched() == UnmatchedPolicy.LOCAL;
    }

    /** The keys of the user's agent that the workers of each group may see. */
    public AgentAccess agentAccess(SshSettings ssh) {
        List<Worker> all = workerGroups().all().values().stream().flatMap(List::stream).toList();
        return AgentAccess.of(request.work().runner(), workers, groups(), all, isLocal(), ssh);
    }

    /** Whether some worker uses the user's agent. */
    public boolean forwardsAgent() {
        return groups().stream()
                .anyMatch(group -> workers.settings(group).agent() == AgentMode.FORWARD);
    }

    /**
     * Checks the agent.
     *
     * @throws ConfigurationException where workers must use an agent and there is none, or where
     *     the user must say which keys are for hosts
     */
    public AgentAccess requireAgent(SshSettings ssh) {
        if (ssh.files().agentSocket().isEmpty() && forwardsAgent()) {
            throw new ConfigurationException(
                    "no ssh-agent ($SSH_AUTH_SOCK is not set): the runner needs its keys to log"
                            + " in to the hosts. Start ssh-agent and add a key with ssh-add, or"
                            + " set 'agent: none' in workers.yml");
        }
        AgentAccess access = agentAccess(ssh);
        access.require();
        return access;
    }

    /** The beans of the plan route; also for tests of a user's own route. */
    public Map<String, Object> planBeans(String guid) {
        return new PlanSteps(guid, workerMap(), workerGroups, batches()).beans();
    }

    private WorkerMap workerMap() {
        return WorkerMap.of(workers, inventory());
    }

    private Batches batches() {
        return new Batches(workers, inventory(), HostRanges::fold, waves());
    }

    /** How the run goes from wave to wave. */
    RolloutRules rollout() {
        return request.rollout().over(workers.rollout());
    }

    /** In which wave each host is. */
    private Waves waves() {
        RolloutRules rules = rollout();
        if (rules.waves().isEmpty() && rules.canary().isEmpty()) {
            return Waves.none(hosts);
        }
        WorkerMap map = WorkerMap.of(workers, inventory());
        List<String> configured =
                hosts.stream().filter(host -> isLocal() || map.match(host) != null).toList();
        List<String> canary = rules.canary().map(of -> canary(of, configured)).orElse(List.of());
        return Waves.of(configured, canary, rules.waves());
    }

    private List<String> canary(String of, List<String> configured) {
        if (NUMBER.matcher(of).matches()) {
            return configured.stream().limit(Integer.parseInt(of)).toList();
        }
        if (!inventory().hasGroup(of)) {
            throw new ConfigurationException("canary: " + inventory().missing(of));
        }
        return inventory().hostsOf(of);
    }
}
