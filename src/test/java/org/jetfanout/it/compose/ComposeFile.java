package org.jetfanout.it.compose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jetfanout.testkit.Programs;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** docker-compose.yml as docker-compose itself understands it. Immutable. */
final class ComposeFile {
    private final Map<String, Object> resolved;

    private ComposeFile(Map<String, Object> resolved) {
        this.resolved = resolved;
    }

    /** A file or folder of the checkout that a container sees. */
    record Bind(Path source, String target, boolean readOnly) {}

    /** A volume that a container sees. */
    record Named(String volume, String target, boolean readOnly) {}

    /** Asks docker-compose, which refuses what it does not know. */
    static ComposeFile resolved() {
        Path file = Path.of("docker-compose.yml").toAbsolutePath();
        String text = Programs.ok("docker-compose", "--file", file.toString(), "config");
        return new ComposeFile(map(new Load(LoadSettings.builder().build()).loadFromString(text)));
    }

    Set<String> services() {
        return new TreeSet<>(map(resolved.get("services")).keySet());
    }

    Map<String, Object> service(String name) {
        return map(map(resolved.get("services")).get(name));
    }

    /** Whether its image is one that is built here. */
    boolean isOurs(String service) {
        return text(service(service), "image").startsWith("jet-fanout-");
    }

    /** Whether a network has no way out. */
    boolean internal(String network) {
        return Boolean.TRUE.equals(map(map(resolved.get("networks")).get(network)).get("internal"));
    }

    String environment(String service, String name) {
        return map(service(service).get("environment")).get(name).toString();
    }

    /** The words of a service's command. */
    List<String> command(String service) {
        return list(service(service).get("command")).stream().map(Object::toString).toList();
    }

    /** Services that end by themselves: others wait for that. */
    Set<String> oneShots() {
        Set<String> found = new TreeSet<>();
        for (String name : services()) {
            conditions(name)
                    .forEach(
                            (other, condition) -> {
                                if (condition.equals("service_completed_successfully")) {
                                    found.add(other);
                                }
                            });
        }
        return found;
    }

    private Map<String, String> conditions(String service) {
        Map<String, String> conditions = new TreeMap<>();
        map(service(service).getOrDefault("depends_on", Map.of()))
                .forEach((name, how) -> conditions.put(name, text(map(how), "condition")));
        return conditions;
    }

    List<Bind> binds(String service) {
        List<Bind> binds = new ArrayList<>();
        for (String[] volume : volumes(service)) {
            if (volume[0].startsWith("/")) {
                binds.add(new Bind(Path.of(volume[0]), volume[1], volume[2].equals("ro")));
            }
        }
        return binds;
    }

    List<Named> named(String service) {
        List<Named> named = new ArrayList<>();
        for (String[] volume : volumes(service)) {
            if (!volume[0].startsWith("/")) {
                named.add(new Named(volume[0], volume[1], volume[2].equals("ro")));
            }
        }
        return named;
    }

    private List<String[]> volumes(String service) {
        List<String[]> volumes = new ArrayList<>();
        for (Object volume : list(service(service).getOrDefault("volumes", List.of()))) {
            volumes.add(volume.toString().split(":", -1));
        }
        return volumes;
    }

    /** The command that says whether a service is healthy. */
    List<String> healthcheck(String service) {
        List<String> words = new ArrayList<>();
        list(map(service(service).get("healthcheck")).get("test"))
                .forEach(word -> words.add(word.toString()));
        return words.remove(0).equals("CMD-SHELL")
                ? List.of("sh", "-c", words.get(0))
                : List.copyOf(words);
    }

    static String text(Map<String, Object> of, String key) {
        return String.valueOf(of.get(key));
    }

    @SuppressWarnings("unchecked") // keys of YAML mappings here are texts
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object value) {
        return (List<Object>) value;
    }
}
