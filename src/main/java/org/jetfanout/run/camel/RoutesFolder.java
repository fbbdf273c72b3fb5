package org.jetfanout.run.camel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.sink.SinkConfig;

/**
 * The folder of the user's own routes. Every file in it is a file of routes that keeps to the
 * contract, or is refused: none is passed over in silence but hidden ones, texts, and jars in
 * {@code lib/}. Immutable.
 *
 * @param files those of the pipeline
 * @param sinks those of the sinks by name, not read: each counts only where its sink is on
 */
public record RoutesFolder(Path folder, List<RouteFile> files, Map<String, Path> sinks) {
    static final String SUFFIX = ".camel.yaml";

    /** Folder of the sinks' routes: each is loaded only where its sink is on. */
    static final String SINKS = "sinks/";

    private static final String LIBRARIES = "lib/";
    private static final Pattern TEXT = Pattern.compile("(readme|license|notice).*|.*\\.(md|txt)");

    public RoutesFolder {
        files = List.copyOf(files);
        sinks = Collections.unmodifiableMap(new TreeMap<>(sinks));
    }

    /** Reads and checks all of it. */
    public static RoutesFolder read(Path folder) {
        List<RouteFile> files = new ArrayList<>();
        Map<String, Path> sinks = new TreeMap<>();
        Map<String, RouteFile> ids = new HashMap<>();
        for (Path file : routeFiles(folder)) {
            String name = routesName(file, folder.relativize(file).toString());
            if (name.startsWith(SINKS)) {
                sinks.put(name, file);
                continue;
            }
            RouteFile read = RouteFile.read(file, name);
            RouteContract.check(read);
            checkIds(read, ids);
            files.add(read);
        }
        return new RoutesFolder(folder, files, sinks);
    }

    /**
     * The name of a file of routes, without the suffix; another file is refused.
     *
     * @param path of the file below the folder
     */
    static String routesName(Path file, String path) {
        if (!path.endsWith(SUFFIX)) {
            throw ConfigurationException.at(
                    file,
                    "is not loaded: the name of a routes file must end with "
                            + SUFFIX
                            + "; rename or remove it");
        }
        String name = path.substring(0, path.length() - SUFFIX.length());
        if (name.startsWith(SINKS)) {
            checkSink(file, name.substring(SINKS.length()));
        }
        return name;
    }

    /**
     * Refuses a second route of a name.
     *
     * @param ids of the files before it; these are added
     */
    static void checkIds(RouteFile read, Map<String, RouteFile> ids) {
        for (RouteFile.Begin route : read.routes()) {
            RouteFile other = route.id().isEmpty() ? null : ids.put(route.id(), read);
            if (other != null) {
                throw ConfigurationException.at(
                        read.file(),
                        route.line(),
                        "route '" + route.id() + "' is also in " + other.file());
            }
        }
    }

    /** All files in it but those that nobody takes for a route. */
    static List<Path> routeFiles(Path folder) {
        return files(folder).stream()
                .filter(file -> !isNoRoute(folder.relativize(file).toString()))
                .toList();
    }

    private static boolean isNoRoute(String name) {
        for (Path part : Path.of(name)) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        String last = Path.of(name).getFileName().toString().toLowerCase(Locale.ROOT);
        return TEXT.matcher(last).matches()
                || (name.startsWith(LIBRARIES) && last.endsWith(".jar"));
    }

    private static void checkSink(Path file, String name) {
        if (!SinkConfig.isName(name)) {
            throw ConfigurationException.at(
                    file,
                    "is not loaded: the routes of a sink must be in "
                            + SINKS
                            + "NAME"
                            + SUFFIX
                            + ", where NAME has lower-case letters, digits and dashes");
        }
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(file -> !Files.isDirectory(file)).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw ConfigurationException.at(folder, "the routes cannot be read: " + e.getMessage());
        }
    }

    /**
     * The files that belong to a pipeline.
     *
     * @param names its packaged files
     * @param whole whether it is that of a run: then all of the user's own belong to it, else those
     *     that its files send to
     */
    List<RouteFile> of(List<String> names, boolean whole) {
        List<RouteFile> chosen = new ArrayList<>();
        List<RouteFile> own = new ArrayList<>();
        for (RouteFile file : files) {
            if (names.contains(file.name())) {
                chosen.add(file);
            } else if (!RouteContract.hasFile(file.name())) {
                own.add(file);
            }
        }
        if (whole) {
            chosen.addAll(own);
            return chosen;
        }
        Set<String> wanted = new HashSet<>();
        for (int i = 0; i < chosen.size(); i++) {
            wanted.addAll(chosen.get(i).mentions());
            for (RouteFile file : List.copyOf(own)) {
                if (file.routes().stream().anyMatch(route -> wanted.contains(route.from()))) {
                    own.remove(file);
                    chosen.add(file);
                }
            }
        }
        return chosen;
    }
}
