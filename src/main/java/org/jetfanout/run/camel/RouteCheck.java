package org.jetfanout.run.camel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Endpoint;
import org.apache.camel.model.RouteDefinition;
import org.jetfanout.ConfigurationException;

/**
 * Finds everything in route files that a run or the service would refuse. It starts none of the
 * routes. What a route needs from other files may be in packaged files, or in files that are
 * checked together with it. Used by one thread.
 */
public final class RouteCheck {
    private final Optional<Path> folder;
    private final List<RouteFile> files = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    /** The ids of the routes in each folder. Two folders are never used together. */
    private final Map<Path, Map<String, RouteFile>> ids = new HashMap<>();

    /** The direct endpoints at which routes begin; those of the service are apart. */
    private final Set<String> begins = new TreeSet<>();

    private final List<RouteFile> ofService = new ArrayList<>();

    /**
     * @param folder with the user's routes, which may hold the files; each file outside of it is
     *     checked alone
     */
    public RouteCheck(Optional<Path> folder) {
        this.folder = folder;
        for (String name : PackagedRoutes.names()) {
            PackagedRoutes.read(name).routes().forEach(route -> begins.add(route.from()));
        }
    }

    /**
     * Checks files.
     *
     * @param wanted the files; empty for the whole folder
     * @return one line for each error, with file and line
     */
    public List<String> faults(List<Path> wanted) {
        List<Path> all = wanted.isEmpty() ? RoutesFolder.routeFiles(folder.orElseThrow()) : wanted;
        all.forEach(file -> note(() -> read(file)));
        files.forEach(this::make);
        for (RouteFile file : ofService) {
            ServiceRoutes.faults(file, ServiceRoutes.begins(ofService))
                    .forEach(fault -> faults.add(fault.getMessage()));
        }
        return List.copyOf(faults);
    }

    private void note(Runnable look) {
        try {
            look.run();
        } catch (ConfigurationException e) {
            faults.add(e.getMessage());
        }
    }

    private void read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw ConfigurationException.at(file, "no such file");
        }
        Path root = root(file.toAbsolutePath().normalize());
        String path = root.relativize(file.toAbsolutePath().normalize()).toString();
        RouteFile read = RouteFile.read(file, RoutesFolder.routesName(file, path));
        if (ServiceRoutes.isFor(read)) {
            ofService.add(read);
            RoutesFolder.checkIds(read, ids.computeIfAbsent(root, first -> new HashMap<>()));
            return;
        }
        read.routes().forEach(route -> begins.add(route.from()));
        files.add(read);
        RoutesFolder.checkIds(read, ids.computeIfAbsent(root, first -> new HashMap<>()));
        if (read.name().startsWith(RoutesFolder.SINKS)) {
            Routes.checkSink(read);
        } else {
            RouteContract.check(read);
        }
    }

    /** The folder of routes to which a file belongs. */
    private Path root(Path file) {
        Optional<Path> own = folder.map(path -> path.toAbsolutePath().normalize());
        Path beside = file.getParent();
        boolean sink = (beside.getFileName() + "/").equals(RoutesFolder.SINKS);
        return own.filter(file::startsWith).orElse(sink ? beside.getParent() : beside);
    }

    private void make(RouteFile file) {
        boolean sink = file.name().startsWith(RoutesFolder.SINKS);
        String place = "file:" + file.file();
        try (RouteModel model = new RouteModel(Libraries.of(folder), sink)) {
            note(
                    () -> {
                        for (RouteDefinition route : model.read(place)) {
                            note(() -> model.make(route, place));
                            note(() -> checkStart(file, route, model));
                        }
                    });
            for (Endpoint endpoint : model.endpoints()) {
                note(() -> checkTarget(file, RouteContract.uri(endpoint)));
            }
        }
    }

    private static void checkStart(RouteFile file, RouteDefinition route, RouteModel model) {
        String id = String.valueOf(route.getRouteId());
        try {
            RouteContract.checkStarted(id, model.startsItself(route));
        } catch (ConfigurationException e) {
            throw ConfigurationException.at(file.file(), file.line(id).orElse(1), e.getMessage());
        }
    }

    private void checkTarget(RouteFile file, String uri) {
        if (uri.startsWith("direct:") && !begins.contains(uri)) {
            throw ConfigurationException.at(
                    file.file(), line(file.file(), uri), RouteContract.noRouteAt(uri));
        }
    }

    private static int line(Path file, String text) {
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).contains(text)) {
                    return i + 1;
                }
            }
        } catch (IOException e) {
            // it could be read a moment ago
        }
        return 1;
    }
}
