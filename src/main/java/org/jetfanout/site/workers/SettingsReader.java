package org.jetfanout.site.workers;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.Durations;
import org.jetfanout.text.Quoted;

/**
 * Reads and checks the settings in a section of workers.yml. Settings that the section does not
 * give keep their value.
 */
final class SettingsReader {
    /** All keys that it reads. */
    static final Set<String> KEYS =
            Set.of(
                    "threads",
                    "runner",
                    "jetp",
                    "batch_size",
                    "sudo_user",
                    "user",
                    "port",
                    "max_jobs",
                    "job_timeout",
                    "connect_timeout",
                    "reconnect_timeout",
                    "keepalive",
                    "max_output",
                    "retain",
                    "on_worker_loss",
                    "agent",
                    "agent_keys",
                    "agent_users",
                    "env",
                    "localhost",
                    "host_keys",
                    "inventory",
                    "zone");

    private static final int MOST_THREADS = 100_000;
    private static final int MOST_JOBS = 10_000;
    private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern SIZE =
            Pattern.compile("([1-9]\\d{0,4}) ?([kmgt])b?", Pattern.CASE_INSENSITIVE);
    // the job sets this variable itself
    private static final String AGENT_VARIABLE = "SSH_AUTH_SOCK";
    private static final String OWN_PREFIX = "JET_FANOUT_";

    private final Section section;
    private final Set<String> runnerVariables;

    /**
     * @param runnerVariables variables that the job sets for the runner
     */
    SettingsReader(Section section, Set<String> runnerVariables) {
        this.section = section;
        this.runnerVariables = runnerVariables;
    }

    WorkerSettings over(WorkerSettings before) {
        return new WorkerSettings(
                number("threads", MOST_THREADS).orElse(before.threads()),
                programs().over(before.programs()),
                or(number("batch_size", Integer.MAX_VALUE), before.batchSize()),
                read("sudo_user", value -> account("sudo_user", value)).or(before::sudoUser),
                read("user", SettingsReader::login).or(before::user),
                or(number("port", 65_535), before.port()),
                or(number("max_jobs", MOST_JOBS), before.maxJobs()),
                duration("job_timeout", 1).orElse(before.jobTimeout()),
                duration("connect_timeout", 1).orElse(before.connectTimeout()),
                duration("reconnect_timeout", 0).orElse(before.reconnectTimeout()),
                duration("keepalive", 1).orElse(before.keepalive()),
                read("max_output", value -> size("max_output", value)).orElse(before.maxOutput()),
                duration("retain", 0).orElse(before.retain()),
                word("on_worker_loss", OnWorkerLoss.values()).orElse(before.onWorkerLoss()),
                word("agent", AgentMode.values()).orElse(before.agent()),
                read("agent_keys", SettingsReader::agentKeys).orElse(before.agentKeys()),
                read("agent_users", SettingsReader::agentUsers).orElse(before.agentUsers()),
                read("env", value -> env(value, before.env())).orElse(before.env()),
                word("localhost", LocalhostPolicy.values()).orElse(before.localhost()),
                word("host_keys", HostVerification.values()).orElse(before.hostKeys()),
                word("inventory", InventoryShare.values()).orElse(before.inventory()),
                read("zone", SettingsReader::zone).orElse(before.zone()));
    }

    private RunnerPrograms programs() {
        Optional<String> jetp = read("jetp", value -> line("jetp", value));
        Optional<YamlValue> runner = section.value("runner");
        if (runner.isEmpty() || runner.get().isScalar()) {
            return new RunnerPrograms(jetp, runner.map(value -> line("runner", value)), Map.of());
        }
        Section each = new Section("runner", runner.get());
        Map<String, String> byName = new HashMap<>();
        for (String name : each.keys()) {
            byName.put(name, line("runner: " + name, each.value(name).orElseThrow()));
        }
        return new RunnerPrograms(jetp, Optional.empty(), byName);
    }

    /** One of the words of an enum, in lower case. */
    <E extends Enum<E>> Optional<E> word(String key, E[] words) {
        return read(key, value -> word(key, value, words));
    }

    private static <E extends Enum<E>> E word(String key, YamlValue value, E[] words) {
        String text = value.text(key);
        for (E word : words) {
            if (text.equals(lower(word))) {
                return word;
            }
        }
        String choice =
                Stream.of(words).map(SettingsReader::lower).collect(Collectors.joining(" or "));
        throw value.error(key + " must be " + choice + ", not " + Quoted.of(text));
    }

    private <T> Optional<T> read(String key, Function<YamlValue, T> reading) {
        return section.value(key).map(reading);
    }

    private OptionalInt number(String key, int most) {
        return read(key, value -> OptionalInt.of(value.integer(key, 1, most)))
                .orElse(OptionalInt.empty());
    }

    private Optional<Duration> duration(String key, int leastSeconds) {
        return read(key, value -> duration(key, value, leastSeconds));
    }

    private static Duration duration(String key, YamlValue value, int leastSeconds) {
        String text = value.text(key);
        Duration duration;
        try {
            duration = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw value.error(key + " " + e.getMessage());
        }
        if (duration.toSeconds() < leastSeconds) {
            throw value.error(
                    key + " must be at least " + leastSeconds + "s, not " + Quoted.of(text));
        }
        return duration;
    }

    /**
     * A size in the notation of {@link org.jetfanout.text.Sizes}: a number and kB, MB, GB or TB.
     */
    private static long size(String key, YamlValue value) {
        String text = value.text(key);
        Matcher match = SIZE.matcher(text);
        if (!match.matches()) {
            throw value.error(key + " must be a size such as 500MB or 2GB, not '" + text + "'");
        }
        int power = "kmgt".indexOf(match.group(2).toLowerCase(Locale.ROOT)) + 1;
        return Long.parseLong(match.group(1)) << (10 * power);
    }

    private static OptionalInt or(OptionalInt now, OptionalInt before) {
        return now.isPresent() ? now : before;
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    private static String line(String what, YamlValue value) {
        String text = value.text(what);
        if (text.isBlank()) {
            throw value.error(what + " must be one line of text, not empty");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw value.error(what + " must be one line of text");
        }
        return text;
    }

    private static String account(String key, YamlValue value) {
        String name = value.text(key);
        if (!LoginName.isValid(name)) {
            throw value.error(key + " " + LoginName.RULE + ", not " + Quoted.of(name));
        }
        return name;
    }

    private static String login(YamlValue value) {
        String name = account("user", value);
        if (LoginName.isRoot(name)) {
            throw value.error(
                    "user must not be root: root on a worker can use the keys that the worker"
                            + " receives");
        }
        return name;
    }

    private static String zone(YamlValue value) {
        String name = value.text("zone");
        if (!Zone.isValid(name)) {
            throw value.error("zone " + Zone.RULE + ", not " + Quoted.of(name));
        }
        return name;
    }

    private static List<String> agentKeys(YamlValue value) {
        List<YamlValue> keys = value.sequence("agent_keys");
        if (keys.isEmpty()) {
            throw value.error("agent_keys is empty: name the keys for hosts, or set agent: none");
        }
        return keys.stream().map(SettingsReader::agentKey).toList();
    }

    private static List<String> agentUsers(YamlValue value) {
        return value.sequence("agent_users").stream()
                .map(
                        name ->
                                name.text("agent_users").equals(WorkerSettings.ANY_USER)
                                        ? WorkerSettings.ANY_USER
                                        : account("an item of agent_users", name))
                .toList();
    }

    private static String agentKey(YamlValue value) {
        String key = line("an item of agent_keys", value);
        if (key.startsWith("SHA256:") && !FINGERPRINT.matcher(key).matches()) {
            throw value.error(
                    "an item of agent_keys must be a fingerprint as 'ssh-add -l' shows it (SHA256:"
                            + " and 43 characters) or a key's comment, not "
                            + Quoted.of(key));
        }
        return key;
    }

    /** The variables of a group, merged over those of all groups. Errors never show a value. */
    private Map<String, String> env(YamlValue value, Map<String, String> before) {
        Section variables = new Section("env", value);
        Map<String, String> env = new HashMap<>(before);
        for (String name : variables.keys()) {
            if (!VARIABLE.matcher(name).matches()) {
                throw variables.error(
                        name,
                        "env: "
                                + Quoted.of(name)
                                + " is not a variable name (letters, digits and _)");
            }
            if (isOurs(name)) {
                throw variables.error(name, "env: " + name + " is set by jet-fanout itself");
            }
            String text = variables.value(name).orElseThrow().text("env: " + name);
            if (text.indexOf('\0') >= 0) {
                throw variables.error(name, "env: " + name + " must not contain a NUL character");
            }
            env.put(name, text);
        }
        return env;
    }

    private boolean isOurs(String variable) {
        return variable.equals(AGENT_VARIABLE)
                || variable.startsWith(OWN_PREFIX)
                || runnerVariables.contains(variable);
    }
}
