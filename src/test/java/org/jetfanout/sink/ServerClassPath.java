package org.jetfanout.sink;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The class path of a server that is not on the tests' own: Maven resolves {@code
 * src/test/servers/NAME/pom.xml}, the first time from Maven Central, later from the local
 * repository.
 */
final class ServerClassPath {
    private static final String GOAL =
            "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath";
    private static final int LIMIT_MINUTES = 10;

    private ServerClassPath() {}

    /** The folder with the server's pom.xml and its main class. */
    static Path folder(String name) {
        return Path.of("src/test/servers", name).toAbsolutePath();
    }

    /** All jars. */
    static List<Path> of(String name) throws IOException {
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
        List<String> command =
                new ArrayList<>(List.of("mvn", "-B", "-ntp", "-q", "-f", pom.toString(), GOAL));
        command.add("-Dmdep.outputFile=" + kept);
        // the repository of the Maven that runs these tests
        String repository = System.getProperty("localRepository");
        if (repository != null) {
            command.add("-Dmaven.repo.local=" + repository);
        }
        Path log = kept.resolveSibling(kept.getFileName() + ".log");
        Process maven =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            if (!maven.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                maven.destroyForcibly();
                throw new IOException("still running: " + command);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (maven.exitValue() != 0) {
            throw new IOException(command + " failed:\n" + Files.readString(log));
        }
    }
}
