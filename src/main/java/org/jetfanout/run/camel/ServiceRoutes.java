package org.jetfanout.run.camel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.camel.model.RouteDefinition;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * Route files of the service, which are checked without its libraries: the steps that they name,
 * the routes to which they send, and Camel's YAML. Pure functions.
 */
final class ServiceRoutes {
    /** The packaged files. */
    static final List<String> NAMES = List.of("api", "errors", "health", "page", "webhooks");

    private static final String FOLDER = "service/";
    private static final String HTTP = "platform-http:";
    private static final Set<String> STEPS = Set.of("process", "bean");

    private ServiceRoutes() {}

    /** Whether a file is one of the service: by its folder, its name, or where its routes begin. */
    static boolean isFor(RouteFile file) {
        Path folder = file.file().toAbsolutePath().getParent();
        return file.name().startsWith(FOLDER)
                || NAMES.contains(file.name())
                || (folder.getFileName() + "/").equals(FOLDER)
                || file.routes().stream().anyMatch(route -> route.from().startsWith(HTTP));
    }

    /**
     * The direct endpoints at which routes begin: those of these files, and those of the packaged
     * ones that they do not replace.
     */
    static Set<String> begins(List<RouteFile> files) {
        Set<String> begins = new HashSet<>();
        Set<String> replaced = new HashSet<>();
        for (RouteFile file : files) {
            file.routes().forEach(route -> begins.add(route.from()));
            replaced.add(file.name().substring(file.name().lastIndexOf('/') + 1));
        }
        for (String name : NAMES) {
            if (!replaced.contains(name)) {
                PackagedRoutes.read(FOLDER + name)
                        .routes()
                        .forEach(route -> begins.add(route.from()));
            }
        }
        return begins;
    }

    /**
     * What is wrong with a file.
     *
     * @param begins the direct endpoints at which routes begin
     */
    static List<ConfigurationException> faults(RouteFile file, Set<String> begins) {
        List<ConfigurationException> faults = new ArrayList<>();
        YamlValue all = YamlValue.read(file.file()).orElseThrow();
        readable(file, all, faults);
        Set<String> known = new TreeSet<>();
        NAMES.forEach(name -> known.addAll(PackagedRoutes.beansOf(FOLDER + name)));
        ownBeans(all.plain(), known);
        steps(all, known, faults);
        for (String uri : new TreeSet<>(file.mentions())) {
            if (!begins.contains(uri)) {
                faults.add(
                        ConfigurationException.at(
                                file.file(), line(file.file(), uri), RouteContract.noRouteAt(uri)));
            }
        }
        return faults;
    }

    /** Camel reads the routes; REST definitions need a library of the service. */
    private static void readable(
            RouteFile file, YamlValue all, List<ConfigurationException> faults) {
        boolean rest =
                all.sequence("a file of routes").stream()
                        .anyMatch(
                                item ->
                                        item.isMapping()
                                                && item.mapping("an item").containsKey("rest"));
        if (rest) {
            return;
        }
        try (RouteModel model = new RouteModel(Libraries.of(Optional.empty()), false)) {
            List<RouteDefinition> routes = model.read("file:" + file.file());
            if (routes.isEmpty() && !file.routes().isEmpty()) {
                faults.add(ConfigurationException.at(file.file(), "contains no route"));
            }
        } catch (ConfigurationException e) {
            faults.add(e);
        }
    }

    private static void ownBeans(Object value, Set<String> known) {
        if (value instanceof Map<?, ?> map) {
            if (map.get("beans") instanceof Collection<?> beans) {
                for (Object bean : beans) {
                    if (bean instanceof Map<?, ?> one && one.get("name") instanceof String name) {
                        known.add(name);
                    }
                }
            }
        } else if (value instanceof Collection<?> list) {
            list.forEach(inner -> ownBeans(inner, known));
        }
    }

    private static void steps(
            YamlValue value, Set<String> known, List<ConfigurationException> faults) {
        if (value.isSequence()) {
            value.sequence("a list").forEach(inner -> steps(inner, known, faults));
        } else if (value.isMapping()) {
            for (YamlValue.Entry entry : value.entries("a step")) {
                if (STEPS.contains(entry.name()) && entry.value().isMapping()) {
                    YamlValue ref = entry.value().mapping("a step").get("ref");
                    if (ref != null && ref.isScalar()) {
                        step(ref, known, faults);
                    }
                }
                steps(entry.value(), known, faults);
            }
        }
    }

    private static void step(
            YamlValue ref, Set<String> known, List<ConfigurationException> faults) {
        String name = ref.text("ref");
        if (!known.contains(name) && !name.startsWith("#")) {
            faults.add(
                    ref.error(
                            "the service has no step %s%s"
                                    .formatted(
                                            Quoted.of(name), NearestName.nameHint(name, known))));
        }
    }

    private static int line(Path file, String uri) {
        Pattern place = Pattern.compile(Pattern.quote(uri) + "(?![A-Za-z0-9._-])");
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (place.matcher(lines.get(i)).find()) {
                    return i + 1;
                }
            }
        } catch (IOException e) {
            // it could be read a moment ago
        }
        return 1;
    }
}
