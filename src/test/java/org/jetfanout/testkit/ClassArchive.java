package org.jetfanout.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A class-data archive of the program, as the launcher makes one. A short start spends most of its
 * time on loading classes, and the tests start the program some hundred times. The first start
 * makes the archive.
 */
final class ClassArchive {
    private static final List<String> QUIET = List.of("-Xlog:disable", "-Xlog:all=error:stderr");

    /** Makes the archive once, at the first request. */
    private static final class Once {
        private static final List<String> OPTIONS = make();
    }

    private ClassArchive() {}

    /** Options of the JVM, with {@code -cp}. */
    static List<String> options() {
        return Once.OPTIONS;
    }

    /**
     * Makes the archive. Where none can be made (of folders of classes, for instance), the tests
     * work without one and take longer.
     */
    private static List<String> make() {
        List<String> plain =
                List.of(
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        Program.CLASS_PATH);
        if (Arrays.stream(Program.CLASS_PATH.split(java.io.File.pathSeparator, -1))
                .anyMatch(entry -> Files.isDirectory(Path.of(entry)))) {
            return plain;
        }
        try {
            Path folder = Files.createTempDirectory("jetclasses");
            // other users may start the program, too
            Programs.ok("chmod", "755", folder.toString());
            folder.toFile().deleteOnExit();
            Path list = folder.resolve("classes");
            Path archive = folder.resolve("classes.jsa");
            list.toFile().deleteOnExit();
            archive.toFile().deleteOnExit();
            Map<String, String> environment =
                    Map.of("XDG_STATE_HOME", folder.resolve("state").toString());
            // a whole run shows which classes a start loads
            java(environment, plain, "-XX:DumpLoadedClassList=" + list, Program.MAIN, "demo");
            java(
                    environment,
                    plain,
                    "-Xshare:dump",
                    "-XX:SharedClassListFile=" + list,
                    "-XX:SharedArchiveFile=" + archive);
            Programs.ok("rm", "-rf", folder.resolve("state").toString());
            List<String> options = new ArrayList<>(plain);
            options.add("-XX:SharedArchiveFile=" + archive);
            options.addAll(QUIET);
            return options;
        } catch (IOException | IllegalStateException e) {
            System.err.println("no class-data archive for the tests: " + e.getMessage());
            return plain;
        }
    }

    private static void java(Map<String, String> environment, List<String> plain, String... more) {
        List<String> command = new ArrayList<>(List.of(Program.JAVA));
        command.addAll(plain);
        command.addAll(List.of(more));
        Programs.Result result = Programs.run(environment, command.toArray(String[]::new));
        if (result.exit() != 0) {
            throw new IllegalStateException(command + " failed: " + result.output());
        }
    }
}
