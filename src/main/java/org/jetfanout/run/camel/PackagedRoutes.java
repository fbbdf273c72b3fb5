package org.jetfanout.run.camel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.dispatch.StepNames;
import org.jetfanout.site.yaml.YamlValue;

/** The route files of the program. Pure functions. */
final class PackagedRoutes {
    /** Steps that no packaged route has: for routes of the user's own. */
    private static final Set<String> FOR_USERS = Set.of("gate.stop");

    private static final Pattern BEAN =
            Pattern.compile(
                    "(?m)^[^#\n]*(?:\\b(?:ref|aggregationStrategy|executorService): |\"#)([\\w.]+)");

    private PackagedRoutes() {}

    /** The names of the files: first those of a run in its order, then the sinks and check. */
    static List<String> names() {
        return Stream.concat(
                        RouteContract.names().stream(),
                        Routes.packagedSinks().stream().map(sink -> RoutesFolder.SINKS + sink))
                .toList();
    }

    /** The text of a file. */
    static String text(String name) {
        try (InputStream in = PackagedRoutes.class.getResourceAsStream("/" + path(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The routes of a file. */
    static RouteFile read(String name) {
        Path file = Path.of(path(name));
        return RouteFile.of(YamlValue.parse(file, text(name)).orElseThrow(), file, name);
    }

    /** The path of a file, in the jar and in the source. */
    static String path(String name) {
        return "routes/" + name + RoutesFolder.SUFFIX;
    }

    /** The names of the beans in a file. */
    static Set<String> beansOf(String name) {
        return BEAN.matcher(text(name))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The names of the beans in these files, with their former names.
     *
     * @param sinks whether to take the files of the sinks or the others
     */
    static Set<String> beans(boolean sinks) {
        Set<String> beans =
                names().stream()
                        .filter(name -> name.startsWith(RoutesFolder.SINKS) == sinks)
                        .flatMap(name -> beansOf(name).stream())
                        .collect(Collectors.toCollection(TreeSet::new));
        beans.addAll(sinks ? SinkSteps.beans().keySet() : FOR_USERS);
        beans.addAll(beans.stream().flatMap(name -> StepNames.former(name).stream()).toList());
        return beans;
    }
}
