package org.jetfanout.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs goals of Maven's dependency plugin, for files that the tests need and do not have on their
 * class path.
 */
public final class Maven {
    private static final String MAVEN = Path.of("src/main/build/maven").toAbsolutePath().toString();
    private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:";
    private static final int LIMIT_MINUTES = 10;

    private Maven() {}

    /**
     * Runs a goal, with the local repository of the Maven that runs these tests.
     *
     * @param log file for Maven's output; Maven runs in its folder
     * @param words options
     */
    public static void run(String goal, Path log, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(MAVEN, "-B", "-ntp", "-q", PLUGIN + goal));
        command.addAll(List.of(words));
        String repository = System.getProperty("localRepository");
        if (repository != null) {
            command.add("-Dmaven.repo.local=" + repository);
        }
        Process maven =
                new ProcessBuilder(command)
                        .directory(log.getParent().toFile())
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
