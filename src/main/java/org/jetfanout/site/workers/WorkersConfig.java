package org.jetfanout.site.workers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * workers.yml: the worker map and the settings of the worker groups. Immutable. Every error in the
 * file is a {@link ConfigurationException} with file, line and key.
 */
public final class WorkersConfig {
    private static final String ROOT = "workers";
    private static final String MAP = "map";
    private static final String UNMATCHED = "unmatched";
    private static final String GROUPS = "groups";
    private static final String RUNNER = "runner";
    private static final String JETP = "jetp";
    private static final String RUNNER_MODULES = "runner_modules";
    private static final String WORKERS_AS_HOSTS = "workers_as_hosts";
    private static final String ORDER = "order";
    private static final String ANY = "any";
    private static final String MUST = "; it must have 'workers:' with a 'map:' below it";
    private static final Set<String> OF_THE_RUN =
            Stream.concat(
                            Stream.of(
                                    MAP,
                                    UNMATCHED,
                                    GROUPS,
                                    RUNNER_MODULES,
                                    WORKERS_AS_HOSTS,
                                    ORDER),
                            RolloutRules.KEYS.stream())
                    .collect(Collectors.toUnmodifiableSet());
    private static final Set<String> KEYS = keys();

    private final Path file;
    private final List<MapEntry> map;
    private final UnmatchedPolicy unmatched;
    private final WorkersAsHosts workersAsHosts;
    private final Optional<PlayOrder> order;
    private final RolloutRules rollout;
    private final Set<String> runnerModules;
    private final WorkerSettings general;
    private final Map<String, WorkerSettings> own;

    /**
     * The line of {@code runner} or {@code jetp} by worker group; the empty name stands for all
     * groups.
     */
    private final Map<String, Integer> programLines;

    private WorkersConfig(
            Path file,
            List<MapEntry> map,
            UnmatchedPolicy unmatched,
            WorkersAsHosts workersAsHosts,
            Optional<PlayOrder> order,
            RolloutRules rollout,
            Set<String> runnerModules,
            WorkerSettings general,
            Map<String, WorkerSettings> own,
            Map<String, Integer> programLines) {
        this.file = file;
        this.map = List.copyOf(map);
        this.unmatched = unmatched;
        this.workersAsHosts = workersAsHosts;
        this.order = order;
        this.rollout = rollout;
        this.runnerModules = Set.copyOf(runnerModules);
        this.general = general;
        this.own = Map.copyOf(own);
        this.programLines = Map.copyOf(programLines);
    }

    /**
     * Reads a file.
     *
     * @param runnerVariables environment variables that the job sets for the runner; {@code env}
     *     may not set them
     */
    public static WorkersConfig read(Path file, Set<String> runnerVariables) {
        YamlValue document =
                YamlValue.read(file)
                        .orElseThrow(() -> ConfigurationException.at(file, "is empty" + MUST));
        return of(file, document, runnerVariables);
    }

    private static WorkersConfig of(Path file, YamlValue document, Set<String> runnerVariables) {
        Section outer = new Section("the file", document);
        for (String key : outer.keys()) {
            if (KEYS.contains(key)) {
                throw outer.error(
                        key, "'" + key + "' must be below 'workers:', indented by two spaces");
            }
        }
        outer.refuseUnknown(Set.of(ROOT));
        YamlValue inner =
                outer.value(ROOT)
                        .orElseThrow(() -> ConfigurationException.at(file, "no 'workers:'" + MUST));
        if (inner.isNull()) {
            throw outer.error(ROOT, "'workers:' is empty" + MUST);
        }
        Section section = new Section("workers", inner);
        section.refuseUnknown(KEYS);
        List<MapEntry> map =
                map(
                        section.value(MAP)
                                .orElseThrow(
                                        () ->
                                                outer.error(
                                                        ROOT,
                                                        "'workers:' has no 'map:'. The map says"
                                                                + " which group of workers"
                                                                + " configures which group of hosts")));
        SettingsReader settings = new SettingsReader(section, runnerVariables);
        WorkerSettings general = settings.over(WorkerSettings.defaults());
        Map<String, Integer> programLines = new HashMap<>();
        lineOfProgram(section).ifPresent(line -> programLines.put("", line));
        return new WorkersConfig(
                file,
                map,
                settings.word(UNMATCHED, UnmatchedPolicy.values()).orElse(UnmatchedPolicy.ERROR),
                settings.word(WORKERS_AS_HOSTS, WorkersAsHosts.values())
                        .orElse(WorkersAsHosts.REFUSE),
                settings.word(ORDER, PlayOrder.values()),
                rollout(section),
                section.value(RUNNER_MODULES).map(WorkersConfig::modules).orElse(Set.of()),
                general,
                section.value(GROUPS)
                        .map(value -> own(value, map, general, programLines, runnerVariables))
                        .orElse(Map.of()),
                programLines);
    }

    private static RolloutRules rollout(Section section) {
        Map<String, String> texts = new HashMap<>();
        for (String key : RolloutRules.KEYS) {
            section.value(key).ifPresent(value -> texts.put(key, text(key, value)));
        }
        try {
            return RolloutRules.of(texts);
        } catch (IllegalArgumentException e) {
            // the message begins with the key
            String key = e.getMessage().substring(0, e.getMessage().indexOf(' '));
            throw section.error(key, e.getMessage());
        }
    }

    private static String text(String key, YamlValue value) {
        return value.isScalar()
                ? value.text(key)
                : value.sequence(key).stream()
                        .map(item -> item.text("an item of " + key))
                        .collect(Collectors.joining(","));
    }

    /** The names of modules, or the word {@code any}. */
    private static Set<String> modules(YamlValue value) {
        if (value.isScalar() && value.text(RUNNER_MODULES).equals(ANY)) {
            return Set.of(ANY);
        }
        Set<String> names = new LinkedHashSet<>();
        for (YamlValue item : value.sequence(RUNNER_MODULES)) {
            String name = item.text("an item of " + RUNNER_MODULES).replaceFirst("^!", "");
            if (!name.matches("[A-Za-z0-9_-]+") || name.equals(ANY)) {
                throw item.error(
                        "an item of runner_modules must be the name of a module, such as 'shell'");
            }
            names.add(name);
        }
        return names;
    }

    private static List<MapEntry> map(YamlValue value) {
        List<YamlValue> items = value.sequence("map");
        if (items.isEmpty()) {
            throw value.error("map is empty: no host would have a worker");
        }
        return items.stream().map(WorkersConfig::entry).toList();
    }

    private static MapEntry entry(YamlValue value) {
        Section entry = new Section("an entry of map", value);
        entry.refuseUnknown(List.of("from", "to"));
        return new MapEntry(group(entry, "from", value), group(entry, "to", value), value.line());
    }

    private static String group(Section entry, String key, YamlValue whole) {
        YamlValue value =
                entry.value(key)
                        .orElseThrow(
                                () ->
                                        whole.error(
                                                "an entry of map has no '"
                                                        + key
                                                        + "'; it must be { from: <group of hosts>,"
                                                        + " to: <group of workers> }"));
        String name = value.text(key);
        if (name.isBlank()) {
            throw value.error(key + " must be the name of a group, not empty");
        }
        return name;
    }

    private static Map<String, WorkerSettings> own(
            YamlValue value,
            List<MapEntry> map,
            WorkerSettings general,
            Map<String, Integer> programLines,
            Set<String> runnerVariables) {
        Section groups = new Section("groups", value);
        Set<String> known = new LinkedHashSet<>();
        map.forEach(entry -> known.add(entry.to()));
        Map<String, WorkerSettings> own = new HashMap<>();
        for (String name : groups.keys()) {
            if (!known.contains(name)) {
                throw groups.error(
                        name,
                        "groups: "
                                + Quoted.of(name)
                                + " is not a worker group (no entry of map has it as 'to')"
                                + NearestName.nameHint(name, known));
            }
            Section section =
                    new Section("group " + Quoted.of(name), groups.value(name).orElseThrow());
            for (String key : OF_THE_RUN) {
                if (section.keys().contains(key)) {
                    throw section.error(
                            key, "'" + key + "' applies to all groups: put it below 'workers:'");
                }
            }
            section.refuseUnknown(SettingsReader.KEYS);
            own.put(name, new SettingsReader(section, runnerVariables).over(general));
            lineOfProgram(section).ifPresent(line -> programLines.put(name, line));
        }
        return own;
    }

    private static OptionalInt lineOfProgram(Section section) {
        OptionalInt line = section.line(RUNNER);
        return line.isPresent() ? line : section.line(JETP);
    }

    /** The key that says how the runner of a worker group is called. */
    private String programKey(String workerGroup) {
        return settings(workerGroup).programs().jetp().isPresent() ? JETP : RUNNER;
    }

    private static Set<String> keys() {
        Set<String> keys = new HashSet<>(SettingsReader.KEYS);
        keys.addAll(OF_THE_RUN);
        return keys;
    }

    /**
     * An error in the command line of a runner: at the line of a worker group's {@code runner} or
     * {@code jetp}.
     */
    public ConfigurationException programError(String workerGroup, String message) {
        Integer line = programLines.getOrDefault(workerGroup, programLines.get(""));
        String what =
                programKey(workerGroup)
                        + " of worker group "
                        + Quoted.of(workerGroup)
                        + ": "
                        + message;
        return line == null
                ? ConfigurationException.at(file, what)
                : ConfigurationException.at(file, line, what);
    }

    /**
     * Which of the two programs that understand jet's playbooks the workers call: {@code jetp} or
     * {@code jetpack}; empty where the file does not say.
     */
    public Optional<String> jetRunner() {
        Optional<String> found = Optional.empty();
        for (String group : workerGroups()) {
            try {
                Optional<String> next = settings(group).programs().jet();
                if (found.isPresent() && next.isPresent() && !found.equals(next)) {
                    throw new IllegalArgumentException(
                            "the runner is "
                                    + next.get()
                                    + ", but that of another worker group is "
                                    + found.get()
                                    + ": a run has one of them");
                }
                found = found.or(() -> next);
            } catch (IllegalArgumentException e) {
                throw programError(group, e.getMessage());
            }
        }
        return found;
    }

    /** The file, as the user named it. */
    public Path file() {
        return file;
    }

    /** The worker map. For each host, the first entry counts whose {@code from} group holds it. */
    public List<MapEntry> map() {
        return map;
    }

    /** The worker groups, each once, in the order of the map. */
    public Set<String> workerGroups() {
        Set<String> groups = new LinkedHashSet<>();
        map.forEach(entry -> groups.add(entry.to()));
        return groups;
    }

    /** What happens with hosts that no entry of the worker map covers. */
    public UnmatchedPolicy unmatched() {
        return unmatched;
    }

    /** What happens with workers that are also hosts of the run. */
    public WorkersAsHosts workersAsHosts() {
        return workersAsHosts;
    }

    /** Whether workers wait for each other between plays; empty where the file does not say. */
    public Optional<PlayOrder> order() {
        return order;
    }

    /** How runs go from wave to wave, as far as the file says. */
    public RolloutRules rollout() {
        return rollout;
    }

    /** Modules that the runners know in addition to those of every jetp. They accept any key. */
    public Set<String> runnerModules() {
        return anyRunnerModules() ? Set.of() : runnerModules;
    }

    /** Whether the runners may know any module and any key, so that none is refused. */
    public boolean anyRunnerModules() {
        return runnerModules.contains(ANY);
    }

    /** Whether some worker group lets {@code localhost} be the worker itself. */
    public boolean mayBeLocalhost() {
        return workerGroups().stream()
                .anyMatch(group -> settings(group).localhost() == LocalhostPolicy.WORKER);
    }

    /**
     * The settings of a worker group. They override those of all groups, which override the
     * defaults.
     */
    public WorkerSettings settings(String workerGroup) {
        return own.getOrDefault(workerGroup, general);
    }

    /** Warnings about what is allowed but seldom meant, one line each with file and line. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        Set<String> workerGroups = workerGroups();
        Map<String, Integer> lines = new LinkedHashMap<>();
        for (MapEntry entry : map) {
            if (workerGroups.contains(entry.from())) {
                warnings.add(
                        at(entry)
                                + "group '"
                                + entry.from()
                                + "' is both 'from' and 'to': the run configures its own workers"
                                + " as hosts. Use these machines only as workers of this run");
            }
            Integer earlier = lines.putIfAbsent(entry.from(), entry.line());
            if (earlier != null) {
                warnings.add(
                        at(entry)
                                + "this entry is never used: the entry at line "
                                + earlier
                                + " has the same 'from'");
            }
        }
        return warnings;
    }

    private String at(MapEntry entry) {
        return file + ":" + entry.line() + ": ";
    }
}
