package org.jetfanout.run.camel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.dispatch.StepNames;
import org.jetfanout.site.yaml.YamlValue;

/**
 * A file of the user's own routes, with what the contract needs to know of it. Immutable.
 *
 * @param file its path
 * @param name its path below the folder of routes, without the suffix: {@code plan}
 * @param routes that begin in it
 * @param mentions the direct endpoints that it names
 * @param steps the steps that it names
 */
record RouteFile(
        Path file, String name, List<Begin> routes, Set<String> mentions, Set<String> steps) {
    private static final String DIRECT = "direct:";
    private static final Pattern MENTION = Pattern.compile("direct:(?://)?([A-Za-z0-9._-]+)");

    RouteFile {
        routes = List.copyOf(routes);
        mentions = Set.copyOf(mentions);
    }

    /**
     * The beginning of a route.
     *
     * @param id empty where it has none
     * @param from the endpoint, without parameters; empty where it is unknown
     * @param description empty where it has none
     * @param line of the id, or of the route
     */
    record Begin(String id, String from, String description, int line) {}

    /**
     * Reads a file. It fails, with file and line, where the file is invalid YAML or no list of
     * routes.
     */
    static RouteFile read(Path file, String name) {
        return of(
                YamlValue.read(file)
                        .orElseThrow(() -> ConfigurationException.at(file, "contains no route")),
                file,
                name);
    }

    /** A file whose YAML was read already. */
    static RouteFile of(YamlValue all, Path file, String name) {
        List<Begin> routes = new ArrayList<>();
        for (YamlValue item : all.sequence("a file of routes")) {
            Map<String, YamlValue> entries = item.mapping("an item of a file of routes");
            if (entries.containsKey("route")) {
                routes.add(begin(entries.get("route")));
            } else if (entries.containsKey("from")) {
                routes.add(begin(item));
            }
        }
        Set<String> mentions = new HashSet<>();
        texts(all.plain(), mentions);
        Set<String> steps = new HashSet<>();
        steps(all.plain(), steps);
        return new RouteFile(file, name, routes, mentions, steps);
    }

    private static Begin begin(YamlValue route) {
        Map<String, YamlValue> entries = route.mapping("a route");
        Optional<YamlValue> id = Optional.ofNullable(entries.get("id"));
        return new Begin(
                id.map(RouteFile::text).orElse(""),
                Optional.ofNullable(entries.get("from")).map(RouteFile::uri).orElse(""),
                Optional.ofNullable(entries.get("description")).map(RouteFile::text).orElse(""),
                id.orElse(route).line());
    }

    private static String text(YamlValue value) {
        return value.isScalar() && !value.isNull() ? value.text("a text") : "";
    }

    private static String uri(YamlValue from) {
        if (from.isScalar() && !from.isNull()) {
            return endpoint(from.text("from"));
        }
        if (!from.isMapping()) {
            return "";
        }
        Map<String, YamlValue> entries = from.mapping("from");
        YamlValue uri = entries.get("uri");
        if (uri == null || !uri.isScalar()) {
            return "";
        }
        String text = uri.text("uri");
        YamlValue parameters = entries.get("parameters");
        if (text.equals("direct") && parameters != null && parameters.isMapping()) {
            YamlValue called = parameters.mapping("parameters").get("name");
            return called == null || !called.isScalar() ? "" : DIRECT + called.text("name");
        }
        return endpoint(text);
    }

    /** The endpoint without parameters, in one of the two ways to write it. */
    private static String endpoint(String uri) {
        return uri.replaceFirst("\\?.*", "").replaceFirst("^([a-z0-9]+):(//)?", "$1:");
    }

    private static void steps(Object value, Set<String> steps) {
        if (value instanceof Map<?, ?> map) {
            if (map.get("ref") instanceof String name) {
                steps.add(name);
            }
            steps(map.values(), steps);
        } else if (value instanceof Collection<?> list) {
            list.forEach(inner -> steps(inner, steps));
        }
    }

    /** Whether a step stands in it, by whatever name it has or had. */
    boolean has(String step) {
        return steps.contains(step) || StepNames.former(step).stream().anyMatch(steps::contains);
    }

    private static void texts(Object value, Set<String> mentions) {
        if (value instanceof String text) {
            Matcher found = MENTION.matcher(text);
            while (found.find()) {
                mentions.add(DIRECT + found.group(1));
            }
        } else if (value instanceof Map<?, ?> map) {
            if ("direct".equals(map.get("uri"))
                    && map.get("parameters") instanceof Map<?, ?> parameters) {
                mentions.add(DIRECT + parameters.get("name"));
            }
            map.values().forEach(inner -> texts(inner, mentions));
        } else if (value instanceof Iterable<?> list) {
            list.forEach(inner -> texts(inner, mentions));
        }
    }

    /** The line at which the route with this id begins. */
    Optional<Integer> line(String id) {
        return routes.stream().filter(route -> route.id().equals(id)).map(Begin::line).findFirst();
    }
}
