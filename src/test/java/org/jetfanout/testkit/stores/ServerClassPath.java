package org.jetfanout.testkit.stores;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.testkit.Maven;

/**
 * The class path of a server or tool that is not on the tests' class path. Maven resolves {@code
 * src/test/servers/NAME/pom.xml}, the first time from Maven Central, later from the local
 * repository.
 */
public final class ServerClassPath {
    private ServerClassPath() {}

    /** The folder with the server's pom.xml and its main class. */
    public static Path folder(String name) {
        return Path.of("src/test/servers", name).toAbsolutePath();
    }

    /** All jars. */
    public static List<Path> of(String name) throws IOException {
        Path pom = folder(name).resolve("pom.xml");
        Path kept = Path.of("target/servers", name + ".classpath").toAbsolutePath();
        if (!Files.exists(kept)
                || Files.getLastModifiedTime(kept).compareTo(Files.getLastModifiedTime(pom)) < 0
                || !jars(kept).stream().allMatch(Files::exists)) {
            resolve(pom, kept);
        }
        return jars(kept);
    }

    private static List<Path> jars(Path kept) throws IOException {
        List<Path> jars = new ArrayList<>();
        for (String jar : Files.readString(kept).strip().split(File.pathSeparator, -1)) {
            jars.add(Path.of(jar));
        }
        return jars;
    }

    private static void resolve(Path pom, Path kept) throws IOException {
        Files.createDirectories(kept.getParent());
        Path log = kept.resolveSibling(kept.getFileName() + ".log");
        Maven.run("build-classpath", log, "-f", pom.toString(), "-Dmdep.outputFile=" + kept);
    }
}
