package org.jetfanout.run.camel;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.sink.SinkConfig;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.NearestName;

/**
 * Decides which route files are loaded: the packaged ones, the user's files that replace packaged
 * files of the same name, and the user's further files.
 */
public final class Routes {
    /** The files for a plan. They need neither queue nor SSH. */
    public static final List<String> PLAN = List.of("plan");

    /** The files for a run that has its plan already. */
    public static final List<String> WITHOUT_PLAN =
            List.of("queue", "send", "gate", "dispatch", "record");

    /** The files of the whole pipeline. */
    public static final List<String> ALL =
            List.of("run", "plan", "pack", "queue", "send", "gate", "dispatch", "record");

    /** The file for a check of the workers. It needs no queue. */
    public static final List<String> CHECK = List.of("check");

    private static final String SUFFIX = RoutesFolder.SUFFIX;
    private static final String SINKS = RoutesFolder.SINKS;

    private static final String SINK_ENDPOINT = "direct:sink-";
    private static final Pattern SINK_REFERENCE =
            Pattern.compile("(?m)^[^#\n]*?" + SINK_ENDPOINT + "([a-z0-9][a-z0-9-]*)");

    private Routes() {}

    /** The endpoint at which the route of a sink begins. */
    public static String sinkEndpoint(String sink) {
        return SINK_ENDPOINT + sink;
    }

    /**
     * Camel's include pattern for the packaged routes of these names.
     *
     * @param folder with the user's routes. For a whole pipeline, all of its files belong to the
     *     pattern; for a part, only the further files to which the part sends
     */
    static String pattern(List<String> names, Optional<Path> folder) {
        TreeMap<String, String> locations = new TreeMap<>();
        names.forEach(name -> locations.put(name, "classpath:routes/" + name + SUFFIX));
        List<RouteFile> own =
                folder.map(path -> RoutesFolder.read(path).of(names, names.contains("dispatch")))
                        .orElse(List.of());
        RouteContract.replaced(own).forEach(locations::remove);
        own.forEach(file -> locations.put(file.name(), "file:" + file.file().toAbsolutePath()));
        return String.join(",", locations.values());
    }

    /**
     * The route files of sinks by name, in Camel's notation, with those of sinks to which they
     * send.
     *
     * @param folder with the user's routes: a file {@code sinks/NAME.camel.yaml} in it is a sink of
     *     that name, and replaces the packaged one
     */
    public static Map<String, String> sinks(List<String> names, Optional<Path> folder) {
        TreeMap<String, String> locations = new TreeMap<>();
        Deque<Wanted> wanted = new ArrayDeque<>();
        names.forEach(name -> wanted.add(new Wanted(name, "")));
        while (!wanted.isEmpty()) {
            Wanted next = wanted.remove();
            String name = next.sink();
            if (!locations.containsKey(name)) {
                Optional<Path> own = ownSink(name, folder);
                URL packaged = Routes.class.getResource("/routes/" + SINKS + name + SUFFIX);
                if (!SinkConfig.isName(name) || (own.isEmpty() && packaged == null)) {
                    throw unknownSink(next, folder);
                }
                locations.put(
                        name,
                        own.map(file -> "file:" + file.toAbsolutePath())
                                .orElse("classpath:routes/" + SINKS + name + SUFFIX));
                // checked first, because Camel does not say where a file is invalid YAML
                own.ifPresent(YamlValue::read);
                String file = own.map(Path::toString).orElse(locations.get(name)) + ": ";
                references(own, packaged).forEach(other -> wanted.add(new Wanted(other, file)));
            }
        }
        return locations;
    }

    /** Refuses a sink's file that does not have the sink's route. */
    static void checkSink(RouteFile file) {
        String endpoint = sinkEndpoint(file.name().substring(SINKS.length()));
        if (file.routes().stream().noneMatch(route -> route.from().equals(endpoint))) {
            throw ConfigurationException.at(file.file(), noRouteAt(endpoint));
        }
    }

    /** The error for a sink's file without its route. */
    public static String noRouteAt(String endpoint) {
        return "it has no route that starts from " + endpoint;
    }

    private static Optional<Path> ownSink(String name, Optional<Path> folder) {
        return folder.filter(own -> SinkConfig.isName(name))
                .map(own -> own.resolve(SINKS + name + SUFFIX))
                .filter(Files::exists);
    }

    /** The sinks to which a route file sends. */
    private static List<String> references(Optional<Path> own, URL packaged) {
        try (InputStream in =
                own.isPresent() ? Files.newInputStream(own.get()) : packaged.openStream()) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return SINK_REFERENCE.matcher(text).results().map(found -> found.group(1)).toList();
        } catch (IOException e) {
            throw ConfigurationException.at(
                    own.orElseGet(() -> Path.of(packaged.getPath())),
                    "cannot be read: " + e.getMessage());
        }
    }

    /**
     * A sink whose file is needed.
     *
     * @param sink its name
     * @param from the file that names it, for errors; empty where the sink is switched on
     */
    private record Wanted(String sink, String from) {}

    private static ConfigurationException unknownSink(Wanted wanted, Optional<Path> folder) {
        String name = wanted.sink();
        TreeSet<String> known = new TreeSet<>(packagedSinks());
        folder.map(own -> own.resolve(SINKS))
                .filter(Files::isDirectory)
                .ifPresent(own -> files(own).forEach(file -> known.add(nameOf(file))));
        known.removeIf(sink -> !SinkConfig.isName(sink));
        return new ConfigurationException(
                wanted.from()
                        + "no sink '"
                        + name
                        + "'"
                        + NearestName.hint(name, known)
                        + ". Known sinks: "
                        + String.join(", ", known)
                        + " (a sink of your own is a file "
                        + SINKS
                        + "NAME"
                        + SUFFIX
                        + " in the folder of --routes)");
    }

    private static String nameOf(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - SUFFIX.length());
    }

    /** The names of the packaged sinks. */
    static List<String> packagedSinks() {
        URL one = Routes.class.getResource("/routes/dispatch" + SUFFIX);
        try {
            URI uri = one.toURI();
            if (uri.getScheme().equals("file")) {
                return sinkNames(Path.of(uri).resolveSibling(SINKS));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return sinkNames(jar.getPath("/routes", SINKS));
            }
        } catch (URISyntaxException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> sinkNames(Path folder) {
        return Files.isDirectory(folder)
                ? files(folder).stream().map(Routes::nameOf).toList()
                : List.of();
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
        } catch (IOException e) {
            throw ConfigurationException.at(folder, "the routes cannot be read: " + e.getMessage());
        }
    }
}
