package org.jetfanout.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jetfanout.machine.UserLocale;

/** The programs of this machine: where they are, and what they answer. Immutable. */
final class LocalPrograms {
    private static final int SECONDS = 5;
    private static final int MOST_OUTPUT = 1 << 16;

    private final Map<String, String> environment;

    LocalPrograms(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** The environment, with the locale that the user has. */
    Map<String, String> environment() {
        Map<String, String> own = new HashMap<>(environment);
        UserLocale.restore(own);
        return own;
    }

    /** Where a program is on the PATH; empty where it is nowhere. */
    Optional<Path> find(String name) {
        return Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
                .filter(folder -> folder.startsWith("/"))
                .flatMap(folder -> path(folder, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    private static Stream<Path> path(String folder, String name) {
        try {
            return Stream.of(Path.of(folder, name));
        } catch (InvalidPathException e) {
            return Stream.empty();
        }
    }

    /**
     * What a program prints, on both of its outputs.
     *
     * @return empty where it is not here, fails, or does not end in time
     */
    Optional<String> ask(String... command) {
        Optional<Path> program = find(command[0]);
        if (program.isEmpty()) {
            return Optional.empty();
        }
        List<String> words =
                Stream.concat(
                                Stream.of(program.orElseThrow().toString()),
                                Stream.of(command).skip(1))
                        .toList();
        ProcessBuilder builder =
                new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment());
        try {
            Process process = builder.start();
            // a program that hangs keeps its output open
            Watch watch = new Watch(process);
            watch.start();
            byte[] output = process.getInputStream().readNBytes(MOST_OUTPUT);
            boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0
                    ? Optional.of(new String(output, StandardCharsets.UTF_8).strip())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Ends a program that takes too long. */
    private static final class Watch extends Thread {
        private final Process process;

        Watch(Process process) {
            super("doctor-" + process.pid());
            this.process = process;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
            }
        }
    }
}
