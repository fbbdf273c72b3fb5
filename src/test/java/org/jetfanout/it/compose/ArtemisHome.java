package org.jetfanout.it.compose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Artemis as it is released, from Maven Central: what its image has in /opt/activemq-artemis. */
final class ArtemisHome {
    private static final String GOAL =
            "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:unpack";
    private static final int LIMIT_MINUTES = 10;

    private ArtemisHome() {}

    /** Its folder; fetched and unpacked the first time. */
    static Path ofVersion(String version) throws IOException {
        Path folder = Path.of("target/servers/artemis").toAbsolutePath();
        Path home = folder.resolve("apache-artemis-" + version);
        Path whole = folder.resolve("unpacked-" + version);
        if (!Files.exists(whole)) {
            Files.createDirectories(folder);
            unpack("org.apache.activemq:apache-artemis:" + version + ":zip:bin", folder);
            Files.createFile(whole);
        }
        return home;
    }

    private static void unpack(String artifact, Path folder) throws IOException {
        List<String> command = new ArrayList<>(List.of("mvn", "-B", "-ntp", "-q", GOAL));
        command.add("-Dartifact=" + artifact);
        command.add("-DoutputDirectory=" + folder);
        // the repository of the Maven that runs these tests
        String repository = System.getProperty("localRepository");
        if (repository != null) {
            command.add("-Dmaven.repo.local=" + repository);
        }
        Path log = folder.resolve("maven.log");
        Process maven =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
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
