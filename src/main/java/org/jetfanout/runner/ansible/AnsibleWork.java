package org.jetfanout.runner.ansible;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Home;
import org.jetfanout.plan.BatchPlays;
import org.jetfanout.plan.Plan;
import org.jetfanout.plan.WorkerMap;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.runner.Work;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.runner.ansible.bundle.ProjectLayout;
import org.jetfanout.site.inventory.HostRanges;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.workers.HostVerification;
import org.jetfanout.site.workers.InventoryShare;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.text.Quoted;

/**
 * A command line of ansible-playbook, after the control machine's ansible has read and checked it.
 * Immutable.
 *
 * @param request what the user asked for
 * @param answer what ansible said of it
 * @param hosts that the plays address, in inventory order
 * @param slicedGroups worker groups that get only their part of the inventory
 * @param users login names on hosts that the playbooks and variables give; some may be templates
 * @param warnings what users should know, a line each
 */
record AnsibleWork(
        AnsibleRequest request,
        AnsibleAnswer answer,
        List<String> hosts,
        Set<String> slicedGroups,
        Set<String> users,
        List<String> warnings)
        implements Work {
    private static final int SSH_PORT = 22;
    private static final int MOST_NAMED = 5;
    private static final String LOCALHOST = "localhost";

    static AnsibleWork read(
            AnsibleRequest request, WorkersConfig workers, Consumer<String> warnings) {
        Interpreter interpreter = Interpreter.of(request.program(), System.getenv());
        AnsibleAnswer answer =
                AnsibleAnswer.of(
                        new AnsibleQuestion(
                                        interpreter,
                                        request.directory().toAbsolutePath(),
                                        request.arguments(),
                                        workers.workerGroups())
                                .ask(warnings));
        check(answer, workers);
        Set<String> addressed = new HashSet<>();
        answer.plays().forEach(play -> addressed.addAll(play.hosts()));
        List<String> hosts =
                answer.inventory().hosts().stream().filter(addressed::contains).toList();
        if (hosts.isEmpty()) {
            throw new ConfigurationException(
                    "no play addresses a host of the inventory"
                            + (request.limit().isPresent() ? " within --limit" : ""));
        }
        Set<String> sliced =
                workers.workerGroups().stream()
                        .filter(
                                group ->
                                        workers.settings(group).inventory() == InventoryShare.SLICE)
                        .collect(Collectors.toUnmodifiableSet());
        PlaybookScan scan = scan(request, answer);
        if (!sliced.isEmpty() && !request.sliceAnyway()) {
            AnsibleWarnings.readsOthers(scan.found())
                    .ifPresent(
                            entry -> {
                                throw ConfigurationException.at(
                                        entry.getValue().file(),
                                        entry.getValue().line(),
                                        "with 'inventory: slice' a worker has no other hosts, and"
                                                + " this may need them: "
                                                + entry.getKey().text()
                                                + ". Set 'inventory: whole', or say --slice-anyway");
                            });
        }
        int batches = batches(workers, answer.inventory(), hosts);
        return new AnsibleWork(
                request,
                answer,
                hosts,
                sliced,
                scan.users(),
                new AnsibleWarnings(request, answer, batches)
                        .of(hosts, scan.found(), isVerified(workers)));
    }

    private static PlaybookScan scan(AnsibleRequest request, AnsibleAnswer answer) {
        List<Path> playbooks =
                request.playbooks().stream()
                        .map(name -> request.directory().resolve(name).toAbsolutePath().normalize())
                        .filter(Files::isRegularFile)
                        .toList();
        List<Path> roots =
                List.copyOf(
                        new ProjectLayout(playbooks, answer.config(), Home.ofUser().path())
                                .roots()
                                .keySet());
        PlaybookScan scan =
                new PlaybookScan(
                        answer.all("DEFAULT_ROLES_PATH").stream().map(Path::of).toList(), roots);
        answer.plays().forEach(scan::play);
        Set<Path> beside = new LinkedHashSet<>(answer.folders());
        playbooks.forEach(file -> beside.add(file.getParent()));
        for (Path folder : beside) {
            scan.variables(folder.resolve("group_vars"));
            scan.variables(folder.resolve("host_vars"));
        }
        return scan;
    }

    /** Refuses what cannot work, or means something that users do not expect. */
    private static void check(AnsibleAnswer answer, WorkersConfig workers) {
        boolean mayBeLocal = workers.mayBeLocalhost();
        for (AnsiblePlay play : answer.plays()) {
            if (!play.prompts().isEmpty()) {
                throw ConfigurationException.at(
                        play.file(),
                        play.line(),
                        "the play asks for "
                                + String.join(", ", play.prompts())
                                + " (vars_prompt), and a job cannot ask: give -e "
                                + play.prompts().get(0)
                                + "=…");
            }
            if (!mayBeLocal && (play.localhost() || play.hosts().contains(LOCALHOST))) {
                throw ConfigurationException.at(
                        play.file(),
                        play.line(),
                        "play "
                                + Quoted.of(play.name())
                                + " addresses localhost, which would be each worker and not this"
                                + " machine. Leave it out with --limit '!localhost' or --limit"
                                + " all, or set 'localhost: worker' in workers.yml where you mean"
                                + " the workers");
            }
        }
        for (String group : workers.workerGroups()) {
            if (workers.settings(group).batchSize().isPresent()) {
                throw ConfigurationException.at(
                        workers.file(),
                        "batch_size of worker group "
                                + Quoted.of(group)
                                + " is for jetp: a play of ansible has 'serial'. For rolling"
                                + " updates over all workers use --waves");
            }
        }
    }

    private static boolean isVerified(WorkersConfig workers) {
        return workers.workerGroups().stream()
                .anyMatch(group -> workers.settings(group).hostKeys() != HostVerification.OFF);
    }

    /** At most how many batches a run has. */
    private static int batches(WorkersConfig workers, Inventory inventory, List<String> hosts) {
        WorkerMap map = WorkerMap.of(workers, inventory);
        Map<String, Integer> counts = new HashMap<>();
        for (String host : hosts) {
            String group = map.match(host);
            if (group != null) {
                counts.merge(group, 1, Integer::sum);
            }
        }
        return counts.entrySet().stream()
                .mapToInt(
                        entry ->
                                Math.min(
                                        entry.getValue(), inventory.hostsOf(entry.getKey()).size()))
                .sum();
    }

    @Override
    public Inventory inventory() {
        return answer.inventory();
    }

    @Override
    public int port() {
        return answer.setting("DEFAULT_REMOTE_PORT").map(Integer::parseInt).orElse(SSH_PORT);
    }

    @Override
    public boolean isRunnable() {
        return true;
    }

    @Override
    public BatchPlays plays(Plan plan) {
        List<String> names = new ArrayList<>();
        List<List<String>> addressed = new ArrayList<>();
        Set<Integer> everywhere = new HashSet<>();
        for (AnsiblePlay play : answer.plays()) {
            if (play.localhost() || play.unknown()) {
                everywhere.add(names.size());
            }
            names.add(play.name());
            addressed.add(play.hosts());
        }
        return BatchPlays.inOrder(names, answer.inventory().setsOf(addressed), everywhere, plan);
    }

    @Override
    public Work with(WorkRequest kept) {
        return new AnsibleWork((AnsibleRequest) kept, answer, hosts, slicedGroups, users, warnings);
    }

    @Override
    public RunnerFiles pack(Path folder, Consumer<String> warn) {
        return AnsibleFiles.pack(this, folder, warn);
    }

    /** Some hosts, for messages. */
    static String named(List<String> some) {
        return HostRanges.fold(some, MOST_NAMED);
    }
}
