package org.jetfanout.run.camel;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.jetfanout.ConfigurationException;

/**
 * Jars with Camel components that the user's routes need and that are not part of the program. They
 * are in the folder {@code lib} beside the routes. Immutable.
 *
 * @param jars the files
 */
public record Libraries(List<Path> jars) {
    static final String FOLDER = "lib";
    private static final String SUFFIX = ".jar";

    /** Copies the list. */
    public Libraries {
        jars = List.copyOf(jars);
    }

    /**
     * The jars beside the user's routes.
     *
     * @throws ConfigurationException where the folder has a file that is no jar
     */
    public static Libraries of(Optional<Path> routes) {
        Optional<Path> folder = routes.map(own -> own.resolve(FOLDER)).filter(Files::isDirectory);
        if (folder.isEmpty()) {
            return new Libraries(List.of());
        }
        try (Stream<Path> files = Files.list(folder.get())) {
            List<Path> jars =
                    files.filter(file -> !file.getFileName().toString().startsWith("."))
                            .sorted()
                            .toList();
            for (Path jar : jars) {
                if (!jar.toString().endsWith(SUFFIX) || !Files.isReadable(jar)) {
                    throw ConfigurationException.at(
                            jar,
                            "is not a readable jar; the folder lib/ beside the routes must"
                                    + " contain only jars");
                }
            }
            return new Libraries(jars);
        } catch (IOException e) {
            throw ConfigurationException.at(folder.get(), "cannot be read: " + e.getMessage());
        }
    }

    /**
     * Lets a Camel context load from the jars what it does not find elsewhere.
     *
     * @param parent the program's own class loader, which comes first
     * @return the loader to close after the context; empty without jars
     */
    Optional<URLClassLoader> open(CamelContext context, ClassLoader parent) {
        if (jars.isEmpty()) {
            return Optional.empty();
        }
        URL[] urls = jars.stream().map(Libraries::url).toArray(URL[]::new);
        URLClassLoader loader = new URLClassLoader("lib", urls, parent);
        context.setApplicationContextClassLoader(loader);
        return Optional.of(loader);
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
