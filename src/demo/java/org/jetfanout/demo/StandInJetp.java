package org.jetfanout.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.playbook.Play;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.yaml.YamlValue;

/**
 * The demo's stand-in for jetp, a program of its own. It accepts jetp's command line, prints what
 * jetp prints, and ends with jetp's exit codes. It logs in to its hosts by real SSH, with the keys
 * of {@code $SSH_AUTH_SOCK}. Of a playbook's modules it supports {@code !echo} and {@code !shell}.
 */
public final class StandInJetp {
    private static final String TASKS = "tasks";
    private static final String BATCH_SIZE = "batch_size";

    private final JetpArguments arguments;
    private final Inventory inventory;
    private final JetpVoice voice;
    private final HostLogins logins;
    private final ExecutorService threads;

    // Mutable state
    private final Set<String> failed = ConcurrentHashMap.newKeySet();
    private final Map<String, Set<String>> hostsByResult = new ConcurrentHashMap<>();
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Object>> saved = new ConcurrentHashMap<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private int taskCount;

    private StandInJetp(
            JetpArguments arguments, Inventory inventory, JetpVoice voice, HostLogins logins) {
        this.arguments = arguments;
        this.inventory = inventory;
        this.voice = voice;
        this.logins = logins;
        this.threads = Executors.newFixedThreadPool(arguments.threads());
    }

    /** The entry point. It ends with jetp's exit code. */
    public static void main(String[] words) throws IOException {
        int code;
        try (JetpVoice voice = new JetpVoice(System.getenv().getOrDefault("JET_LOG", ""));
                HostLogins logins =
                        new HostLogins(System.getenv().getOrDefault("SSH_AUTH_SOCK", ""))) {
            voice.line(
                    "stand-in for jetp: real SSH to the hosts, !echo and !shell only, host keys"
                            + " unchecked as with jetp");
            try {
                JetpArguments arguments = JetpArguments.parse(words);
                Inventory inventory =
                        Inventory.load(arguments.inventory(), Duration.ofMinutes(1), said -> {});
                code = new StandInJetp(arguments, inventory, voice, logins).run();
            } catch (ConfigurationException e) {
                voice.line(e.getMessage());
                code = 1;
            }
        }
        System.exit(code);
    }

    private int run() {
        voice.event("PLAYBOOK_START", Map.of());
        for (Path file : arguments.playbooks()) {
            Path path = file.toAbsolutePath().normalize();
            voice.step("playbook start: " + path);
            voice.about("playbook", path);
            List<Play> plays = Playbook.read(file).plays();
            List<YamlValue> bodies = YamlValue.read(file).orElseThrow().sequence("a playbook");
            for (int i = 0; i < plays.size(); i++) {
                Optional<String> abort = play(plays.get(i), bodies.get(i).mapping("a play"));
                if (abort.isPresent()) {
                    voice.line(abort.get());
                    return 1;
                }
            }
        }
        summary();
        return failed.isEmpty() ? 0 : 1;
    }

    /** Carries out a play. Returns the reason where no other play may follow it. */
    private Optional<String> play(Play play, Map<String, YamlValue> keys) {
        voice.step("play: " + play.name());
        voice.about("play", play.name());
        voice.event("PLAY_START", Map.of());
        if (!play.roles().isEmpty()) {
            return Optional.of(
                    "role not found: " + play.roles().get(0) + " (the stand-in has none)");
        }
        List<JetpTask> tasks =
                keys.containsKey(TASKS)
                        ? keys.get(TASKS).sequence(TASKS).stream().map(JetpTask::read).toList()
                        : List.of();
        List<String> hosts = hosts(play);
        if (hosts.isEmpty()) {
            return Optional.of("no hosts selected by groups in play");
        }
        seen.addAll(hosts);
        int size =
                keys.containsKey(BATCH_SIZE)
                        ? keys.get(BATCH_SIZE).integer(BATCH_SIZE, 1, Integer.MAX_VALUE)
                        : arguments.batchSize().orElse(hosts.size());
        int batches = (hosts.size() + size - 1) / size;
        for (int i = 0; i < batches; i++) {
            List<String> batch = hosts.subList(i * size, Math.min((i + 1) * size, hosts.size()));
            voice.step("batch %d/%d, %d hosts".formatted(i + 1, batches, batch.size()));
            for (JetpTask task : tasks) {
                List<String> left = batch.stream().filter(host -> !failed.contains(host)).toList();
                if (left.isEmpty()) {
                    voice.line("-".repeat(58));
                    voice.line("\u001b[31m> play failed: " + play.name() + "\u001b[39m");
                    return Optional.of("no hosts remaining");
                }
                if (arguments.tags().isEmpty()
                        || task.tags().stream().anyMatch(arguments.tags()::contains)) {
                    task(play, keys, task, left);
                }
            }
        }
        voice.step("play complete: " + play.name());
        return Optional.empty();
    }

    private List<String> hosts(Play play) {
        Set<String> hosts = new LinkedHashSet<>();
        for (String group : play.groups()) {
            if (!inventory.hasGroup(group)) {
                throw new ConfigurationException(
                        "at least one referenced group (" + group + ") is not found in inventory");
            }
            hosts.addAll(inventory.hostsOf(group));
        }
        hosts.removeAll(failed);
        if (!arguments.limitHosts().isEmpty()) {
            hosts.retainAll(arguments.limitHosts());
        }
        return hosts.stream().sorted().toList();
    }

    /**
     * Carries out a task. A task is a barrier: the next one begins when all hosts have finished
     * this one.
     */
    private void task(Play play, Map<String, YamlValue> keys, JetpTask task, List<String> hosts) {
        voice.step("begin task: " + task.name());
        voice.about("task", task.name());
        voice.about("task_ct", taskCount);
        voice.event("TASK_START", Map.of());
        taskCount++;
        voice.about("task_ct", taskCount);
        List<Future<?>> done = new ArrayList<>();
        for (String host : hosts) {
            done.add(threads.submit(() -> host(play, keys, task, host)));
        }
        for (Future<?> one : done) {
            try {
                one.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    private void host(Play play, Map<String, YamlValue> keys, JetpTask task, String host) {
        Map<String, Object> variables = variables(keys, host);
        try {
            logins.open(
                    host,
                    text(variables, "jet_ssh_user", play.sshUser().orElse(arguments.user())),
                    text(variables, "jet_ssh_hostname", host),
                    Integer.parseInt(
                            text(
                                    variables,
                                    "jet_ssh_port",
                                    play.sshPort().orElse(Integer.toString(arguments.port())))));
        } catch (HostLogins.UnreachableException e) {
            failed.add(host);
            count("failed", host);
            voice.says(host, e.getMessage());
            voice.bad("connection failed to host: " + host);
            voice.event("HOST_CONNECT_FAILED", Map.of("host", host));
            return;
        }
        voice.line("… " + host + " => running");
        try {
            carryOut(task, host, task.text(variables));
        } catch (JetpTask.TemplateException | IOException e) {
            failed.add(host);
            count("failed", host);
            voice.bad("error: " + host + ": " + e.getMessage());
            voice.event("TASK_FAILED", Map.of("task_status", "Failed", "host", host));
        }
    }

    private void carryOut(JetpTask task, String host, String text) throws IOException {
        if (task.isEcho()) {
            voice.says(host, text);
            passed("IsPassive", "passive", host);
        } else if (arguments.check()) {
            voice.good(host + " => would run");
            passed("NeedsExecution", "executed", host);
        } else {
            HostLogins.Result result = logins.run(host, "LANG=C " + text + " 2>&1");
            if (result.code() == 0) {
                if (!task.save().isEmpty()) {
                    Map<String, Object> own =
                            saved.computeIfAbsent(host, any -> new ConcurrentHashMap<>());
                    own.put(task.save() + ".out", result.output());
                    own.put(task.save() + ".rc", result.code());
                }
                voice.good(host + " => complete");
                passed("IsExecuted", "executed", host);
            } else {
                failed(host, text, result);
            }
        }
    }

    private void passed(String status, String result, String host) {
        count(result, host);
        String event = arguments.check() ? "TASK_CHECK_STATUS" : "TASK_STATUS";
        voice.event(event, Map.of("task_status", status, "host", host));
    }

    private void failed(String host, String command, HostLogins.Result result) {
        failed.add(host);
        count("failed", host);
        voice.bad(
                "%s => failed%n    cmd: %s%n    out: %s%n    rc: %d"
                        .formatted(host, command, result.output(), result.code()));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("cmd", command);
        fields.put("cmd_rc", result.code());
        fields.put("cmd_out", result.output());
        fields.put("task_status", "Failed");
        fields.put("host", host);
        voice.event("TASK_FAILED", fields);
    }

    /** A host's variables in jetp's order of precedence: play defaults, inventory, play vars. */
    private Map<String, Object> variables(Map<String, YamlValue> keys, String host) {
        Map<String, Object> variables = new HashMap<>(plain(keys.get("defaults")));
        variables.putAll(inventory.variables(host));
        variables.putAll(saved.getOrDefault(host, Map.of()));
        variables.putAll(plain(keys.get("vars")));
        return variables;
    }

    private static Map<String, Object> plain(YamlValue mapping) {
        Map<String, Object> plain = new HashMap<>();
        if (mapping != null) {
            mapping.mapping("variables").forEach((key, value) -> plain.put(key, value.plain()));
        }
        return plain;
    }

    private static String text(Map<String, Object> variables, String key, String otherwise) {
        Object value = variables.get(key);
        return value == null ? otherwise : value.toString();
    }

    private void count(String result, String host) {
        counts.merge(result, 1, Integer::sum);
        hostsByResult.computeIfAbsent(result, any -> ConcurrentHashMap.newKeySet()).add(host);
    }

    private void summary() {
        Map<String, Integer> summary = new LinkedHashMap<>();
        for (String result :
                List.of("matched", "created", "modified", "executed", "passive", "skipped")) {
            sum(summary, result, counts.getOrDefault(result, 0), hosts(result));
        }
        int passive = counts.getOrDefault("passive", 0);
        int executed = counts.getOrDefault("executed", 0);
        sum(summary, "unchanged", passive, seen.size() - hosts("executed"));
        sum(summary, "adjusted", executed, hosts("executed"));
        sum(summary, "failed", counts.getOrDefault("failed", 0), hosts("failed"));
        voice.line("-".repeat(58));
        voice.line("");
        voice.line("┌─────────┬─────┬─────┐");
        voice.line("│Results  │Items│Hosts│");
        voice.line("├─────────┼─────┼─────┤");
        row("Roles", "0", "");
        row("Tasks", Integer.toString(taskCount), Integer.toString(seen.size()));
        voice.line("├─────────┼─────┼─────┤");
        row(summary, "Matched", "matched");
        row(summary, "Created", "created");
        row(summary, "Modified", "modified");
        row("Removed", "0", "0");
        row(summary, "Executed", "executed");
        row(summary, "Passive", "passive");
        row(summary, "Skipped", "skipped");
        voice.line("├─────────┼─────┼─────┤");
        row(summary, "Unchanged", "unchanged");
        row(summary, "Changed", "adjusted");
        row(summary, "Failed", "failed");
        voice.line("└─────────┴─────┴─────┘");
        voice.line("");
        if (!failed.isEmpty()) {
            voice.line("\u001b[31m(X) Failures have occured.\u001b[39m");
        } else if (executed > 0) {
            voice.line("\u001b[34m(✓) Actions were applied.\u001b[39m");
        } else {
            voice.line("\u001b[32m(✓) Perfect. All hosts matched policy.\u001b[39m");
        }
        voice.event("SUMMARY", Map.of("summary", summary));
    }

    private int hosts(String result) {
        return hostsByResult.getOrDefault(result, Set.of()).size();
    }

    private static void sum(Map<String, Integer> summary, String result, int items, int hosts) {
        summary.put(result + "_ct", items);
        summary.put(result + "_hosts", hosts);
    }

    private void row(Map<String, Integer> summary, String title, String result) {
        row(
                title,
                summary.get(result + "_ct").toString(),
                summary.get(result + "_hosts").toString());
    }

    private void row(String title, String items, String hosts) {
        voice.line("│%-9s│%-5s│%-5s│".formatted(title, items, hosts));
    }
}
