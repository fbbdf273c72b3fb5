package org.jetfanout.it.ansible;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A playbook of ansible with its inventory, and what becomes of the hosts; a file in {@code
 * src/test/resources/flat-ansible}.
 *
 * @param about what it is for, in one sentence
 * @param inventory files below {@code inv/}, by path
 * @param sources values of {@code -i}
 * @param dead hosts that nobody can connect to
 * @param workers how many
 * @param settings further keys of workers.yml
 * @param flags passed to both; {@code FOLDER} in them is the folder of the site
 * @param playbooks paths below {@code pb/}
 * @param allVersions whether each ansible of the machine runs it, not that of PATH alone
 * @param code exit code of ansible on one machine
 * @param flat outcome of each host where one machine runs the playbook
 * @param fanned outcomes that are others over workers
 * @param otherTasks further hosts whose tasks are others over workers; {@code *}: all
 * @param why why they are others; empty where nothing is
 * @param files files in the folder of the playbook, by path
 */
record AnsibleCase(
        String name,
        String about,
        Map<String, String> inventory,
        List<String> sources,
        List<String> dead,
        int workers,
        Map<String, String> settings,
        List<String> flags,
        List<String> playbooks,
        boolean allVersions,
        int code,
        Map<String, String> flat,
        Map<String, String> fanned,
        List<String> otherTasks,
        String why,
        Map<String, String> files) {
    static final Path FOLDER = Path.of("src/test/resources/flat-ansible");

    /** The inventory of a case that has no other. */
    private static final String HOSTS = "[web]\nh[1:4]\n";

    /** All of them, by name. */
    static List<AnsibleCase> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().map(AnsibleCase::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AnsibleCase read(Path file) {
        try {
            Map<?, ?> said =
                    (Map<?, ?>)
                            new Load(LoadSettings.builder().build())
                                    .loadFromString(Files.readString(file));
            Map<?, ?> differs =
                    said.containsKey("differs") ? (Map<?, ?>) said.get("differs") : Map.of();
            Map<String, String> inventory = files(said.get("inventory"));
            inventory.putIfAbsent("hosts", HOSTS);
            Map<String, String> files = files(said.get("files"));
            files.put("site.yml", text(said, "playbook", ""));
            return new AnsibleCase(
                    file.getFileName().toString().replace(".yml", ""),
                    text(said, "about", ""),
                    inventory,
                    texts(said, "sources", List.of("inv/hosts")),
                    texts(said, "dead", List.of()),
                    Integer.parseInt(text(said, "workers", "2")),
                    files(said.get("settings")),
                    texts(said, "flags", List.of()),
                    texts(said, "playbooks", List.of("site.yml")),
                    text(said, "versions", "").equals("all"),
                    Integer.parseInt(text(said, "code", "0")),
                    outcomes((Map<?, ?>) said.get("flat")),
                    outcomes(differs),
                    texts(differs, "tasks", List.of()),
                    text(differs, "why", ""),
                    files);
        } catch (IOException | RuntimeException e) {
            throw new IllegalStateException(file.toString(), e);
        }
    }

    private static String text(Map<?, ?> said, String key, String absent) {
        return said.containsKey(key) ? said.get(key).toString().strip() : absent;
    }

    private static List<String> texts(Map<?, ?> said, String key, List<String> absent) {
        return said.containsKey(key)
                ? ((List<?>) said.get(key)).stream().map(Object::toString).toList()
                : absent;
    }

    private static Map<String, String> files(Object said) {
        Map<String, String> files = new LinkedHashMap<>();
        if (said instanceof Map<?, ?> texts) {
            texts.forEach((path, text) -> files.put(path.toString(), text.toString()));
        }
        return files;
    }

    /** Outcome by host, of hosts by outcome. */
    private static Map<String, String> outcomes(Map<?, ?> said) {
        Map<String, String> outcomes = new TreeMap<>();
        said.forEach(
                (outcome, hosts) -> {
                    if (hosts instanceof List<?> list && !outcome.equals("tasks")) {
                        list.forEach(host -> outcomes.put(host.toString(), outcome.toString()));
                    }
                });
        return outcomes;
    }

    /** Outcome of each host over workers. */
    Map<String, String> overWorkers() {
        Map<String, String> outcomes = new TreeMap<>(flat);
        outcomes.putAll(fanned);
        return outcomes;
    }

    /** Whether something is other over workers. */
    boolean differs() {
        return !fanned.isEmpty() || !otherTasks.isEmpty();
    }

    /** Hosts whose tasks are compared. */
    TreeSet<String> compared() {
        TreeSet<String> hosts = new TreeSet<>(flat.keySet());
        hosts.removeAll(fanned.keySet());
        hosts.removeAll(otherTasks);
        if (otherTasks.contains("*")) {
            hosts.clear();
        }
        return hosts;
    }

    @Override
    public String toString() {
        return name;
    }
}
