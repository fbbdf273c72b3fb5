package org.jetfanout.it.flat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A playbook with its inventory, and what becomes of the hosts; a file in {@code
 * src/test/resources/flat}.
 *
 * @param about what it is for, in one sentence
 * @param runner {@code jetp} where jetp and Jetpack do the same; {@code jetpack} for Jetpack alone
 * @param groups members of each group: hosts, or names of other groups
 * @param dead hosts that nobody can connect to
 * @param told lines for {@link Notes}: {@code HOST TASK SECONDS EXIT}
 * @param workers how many, by the group whose hosts they configure
 * @param mode {@code ssh} or {@code check-ssh}
 * @param flags passed to both; {@code FOLDER} in them is the playbook's folder
 * @param flat outcome of each host where one machine runs the playbook
 * @param fanned outcomes that are others over workers
 * @param why why they are others; empty where none is
 * @param files more files in the playbook's folder, by path
 * @param playbook text
 */
record FlatCase(
        String name,
        String about,
        String runner,
        Map<String, List<String>> groups,
        List<String> dead,
        List<String> told,
        Map<String, Integer> workers,
        String mode,
        List<String> flags,
        Map<String, String> flat,
        Map<String, String> fanned,
        String why,
        Map<String, String> files,
        String playbook) {
    static final Path FOLDER = Path.of("src/test/resources/flat");

    /** A group of the inventory that holds all others. */
    static final String EVERYBODY = "everybody";

    /** The runner of playbooks that jetp and Jetpack run. */
    static final String JETP = "jetp";

    /** All of them, by name. */
    static List<FlatCase> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().map(FlatCase::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FlatCase read(Path file) {
        try {
            Map<?, ?> said =
                    (Map<?, ?>)
                            new Load(LoadSettings.builder().build())
                                    .loadFromString(Files.readString(file));
            Map<String, List<String>> groups = new LinkedHashMap<>();
            ((Map<?, ?>) said.get("groups"))
                    .forEach((group, members) -> groups.put(group.toString(), texts(members)));
            Map<?, ?> differs =
                    said.containsKey("differs") ? (Map<?, ?>) said.get("differs") : Map.of();
            return new FlatCase(
                    file.getFileName().toString().replace(".yml", ""),
                    text(said, "about", ""),
                    text(said, "runner", JETP),
                    groups,
                    texts(said.get("dead")),
                    texts(said.get("told")),
                    workers(said.get("workers")),
                    text(said, "mode", "ssh"),
                    texts(said.get("flags")),
                    outcomes((Map<?, ?>) said.get("flat")),
                    outcomes(differs),
                    text(differs, "why", ""),
                    files((Map<?, ?>) said.get("files")),
                    text(said, "playbook", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Map<?, ?> said, String key, String absent) {
        return said.containsKey(key) ? said.get(key).toString().strip() : absent;
    }

    private static List<String> texts(Object list) {
        return list == null ? List.of() : ((List<?>) list).stream().map(Object::toString).toList();
    }

    private static Map<String, Integer> workers(Object said) {
        Map<String, Integer> workers = new LinkedHashMap<>();
        if (said instanceof Map<?, ?> byGroup) {
            byGroup.forEach((group, count) -> workers.put(group.toString(), (Integer) count));
        } else {
            workers.put(EVERYBODY, said == null ? 3 : (Integer) said);
        }
        return workers;
    }

    private static Map<String, String> files(Map<?, ?> said) {
        Map<String, String> files = new TreeMap<>();
        if (said != null) {
            said.forEach((path, text) -> files.put(path.toString(), text.toString()));
        }
        return files;
    }

    /** Outcome by host, of hosts by outcome. */
    private static Map<String, String> outcomes(Map<?, ?> said) {
        Map<String, String> outcomes = new TreeMap<>();
        said.forEach(
                (outcome, hosts) -> {
                    if (hosts instanceof List<?> list) {
                        list.forEach(host -> outcomes.put(host.toString(), outcome.toString()));
                    }
                });
        return outcomes;
    }

    /** The flags where the playbook is in this folder. */
    List<String> flags(Path folder) {
        return flags.stream().map(flag -> flag.replace("FOLDER", folder.toString())).toList();
    }

    /** Hosts of all groups. */
    Set<String> hosts() {
        Set<String> hosts = new LinkedHashSet<>();
        groups.values()
                .forEach(
                        members ->
                                members.stream()
                                        .filter(member -> !groups.containsKey(member))
                                        .forEach(hosts::add));
        return hosts;
    }

    /** Outcome of each host over workers. */
    Map<String, String> overWorkers() {
        Map<String, String> outcomes = new TreeMap<>(flat);
        outcomes.putAll(fanned);
        return outcomes;
    }

    @Override
    public String toString() {
        return name;
    }
}
