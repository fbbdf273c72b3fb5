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
 * The folder of the user's own routes. Every file in it must be a route file that keeps the
 * contract; any other file is an error. Exceptions are hidden files, texts, and jars in {@code
 * lib/}. Immutable.
 *
 * @param folder itself
 * @param files those of the pipeline
 * @param sinks those of the sinks by name. They are not read, because each counts only where its
 *     sink is on
 */
public record RoutesFolder(Path folder, List<RouteFile> files, Map<String, Path> sinks) {
    static final String SUFFIX = ".camel.yaml";

    /** The folder with the sinks' routes. Each is loaded only where its sink is on. */
    static final String SINKS = "sinks/";

    private static final String LIBRARIES = "lib/";
    private static final Pattern TEXT = Pattern.compile("(readme|license|notice).*|.*\\.(md|txt)");

    /** Copies the collections. */
    public RoutesFolder {
        files = List.copyOf(files);
        sinks = Collections.unmodifiableMap(new TreeMap<>(sinks));
    }

    /** Reads and checks the whole folder. */
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
     * The name of a route file, without the suffix. Any other file is an error.
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
     * Refuses a second route with the same id.
     *
     * @param ids of the earlier files; those of this file are added
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

    /** All files in it, except those that nobody takes for a route file. */
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
     * @param whole whether it is the pipeline of a run: then all of the user's files belong to it,
     *     else only those to which its files send
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
