package org.jetfanout.run.camel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.NearestName;

/**
 * All routes that commands load: the packaged ones, those of the user's own files, which replace
 * packaged files of the same name, and the user's further routes. Immutable.
 */
public final class RoutesInForce {
    private final Optional<Path> folder;
    private final Map<String, RouteFile> own = new LinkedHashMap<>();

    /**
     * Reads the user's folder, and refuses what a run would refuse.
     *
     * @param folder with the user's routes
     */
    public RoutesInForce(Optional<Path> folder) {
        this.folder = folder;
        folder.map(RoutesFolder::read)
                .ifPresent(
                        read -> {
                            read.files().forEach(file -> own.put(file.name(), file));
                            read.sinks()
                                    .forEach(
                                            (name, file) ->
                                                    own.put(name, RouteFile.read(file, name)));
                        });
    }

    /**
     * The routes: those of a run in its order, then those of the sinks, check, and the user's
     * further routes.
     */
    public List<RouteInForce> routes() {
        List<RouteInForce> routes = new ArrayList<>();
        List<String> packaged = PackagedRoutes.names();
        Set<String> replaced = RouteContract.replaced(own.values());
        for (String name : packaged) {
            RouteFile yours = own.get(name);
            if (yours != null) {
                add(yours, true, routes);
            } else if (!replaced.contains(name)) {
                add(PackagedRoutes.read(name), false, routes);
            }
        }
        own.forEach(
                (name, file) -> {
                    if (!packaged.contains(name)) {
                        add(file, true, routes);
                    }
                });
        return routes;
    }

    private static void add(RouteFile file, boolean yours, List<RouteInForce> to) {
        for (RouteFile.Begin route : file.routes()) {
            to.add(
                    new RouteInForce(
                            route.id(), route.from(), route.description(), file.file(), yours));
        }
    }

    /** A picture of the routes of a run. */
    public RoutePicture picture() {
        List<String> sinks =
                routes().stream()
                        .filter(route -> route.from().startsWith(Routes.sinkEndpoint("")))
                        .map(RouteInForce::id)
                        .toList();
        try (RouteModel model = new RouteModel(Libraries.of(folder), false)) {
            return RouteDrawing.of(model.read(Routes.pattern(Routes.ALL, folder)), sinks);
        }
    }

    /**
     * Copies a packaged file into a folder, so that the user can edit it.
     *
     * @param name of the file, or of a route in it
     * @return the copy
     */
    public static Path copy(String name, Path folder) {
        String file = file(name);
        Path copy = folder.resolve(file + RoutesFolder.SUFFIX);
        try {
            Files.createDirectories(copy.getParent());
            Files.write(
                    copy,
                    PackagedRoutes.text(file).getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw ConfigurationException.at(
                    copy, "exists already, and is not overwritten: edit it, or remove it first");
        } catch (IOException e) {
            throw ConfigurationException.at(copy, "cannot be written: " + e);
        }
        return copy;
    }

    private static String file(String name) {
        TreeSet<String> known = new TreeSet<>();
        for (String file : PackagedRoutes.names()) {
            known.add(file);
            if (file.equals(name) || (file + RoutesFolder.SUFFIX).equals(name)) {
                return file;
            }
            for (RouteFile.Begin route : PackagedRoutes.read(file).routes()) {
                if (route.id().equals(name)) {
                    return file;
                }
            }
        }
        throw new ConfigurationException(
                "no packaged file of routes '%s'%s; there are: %s"
                        .formatted(name, NearestName.hint(name, known), String.join(", ", known)));
    }
}
