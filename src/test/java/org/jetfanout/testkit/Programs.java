package org.jetfanout.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs other programs in tests. */
public final class Programs {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private Programs() {}

    /** The exit code of a program, and all its output, stderr included. */
    public record Result(int exit, String output) {}

    /** Runs a program to its end, whatever its exit code. */
    public static Result run(Map<String, String> environment, String... command) {
        return run(LIMIT, environment, command);
    }

    /** The same for a program that may take longer than others. */
    public static Result run(Duration limit, Map<String, String> environment, String... command) {
        try {
            Path output = Files.createTempFile("jet-fanout", ".out");
            try {
                ProcessBuilder builder =
                        new ProcessBuilder(command)
                                .redirectErrorStream(true)
                                .redirectInput(Path.of("/dev/null").toFile())
                                .redirectOutput(output.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(
                            "still running: " + List.of(command) + ": " + Files.readString(output));
                }
                return new Result(
                        process.exitValue(),
                        new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs a program that must succeed, and gives its output. */
    public static String ok(String... command) {
        Result result = run(Map.of(), command);
        if (result.exit() != 0) {
            throw new IllegalStateException(
                    Arrays.toString(command) + " failed: " + result.output());
        }
        return result.output();
    }

    /**
     * Writes a file that everybody may execute. Another process writes it: otherwise a program that
     * a test beside this one starts meanwhile would inherit our open file, and Linux refuses to
     * execute a file that is open for writing ("Text file busy").
     */
    public static Path write(Path file, String text) throws IOException {
        Path draft = Files.writeString(file.resolveSibling(file.getFileName() + ".draft"), text);
        ok(
                "sh",
                "-c",
                "cp \"$1.draft\" \"$1.new\" && chmod 755 \"$1.new\" && mv \"$1.new\" \"$1\"",
                "sh",
                file.toString());
        Files.delete(draft);
        return file;
    }

    /**
     * Makes a folder that stands for a PATH on which some programs are missing.
     *
     * @param folder to create; everyone can read it
     */
    public static Path allBut(Path folder, String... missing) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String place : List.of("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")) {
            try (Stream<Path> programs = Files.list(Path.of(place))) {
                for (Path program : programs.toList()) {
                    Path link = folder.resolve(program.getFileName());
                    if (!List.of(missing).contains(link.getFileName().toString())
                            && !Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                        Files.createSymbolicLink(link, program);
                    }
                }
            }
        }
        return folder;
    }

    /** Sends a signal to a process. After SIGSTOP, this returns when the process has stopped. */
    public static void signal(Process process, String name) {
        String pid = Long.toString(process.pid());
        ok("kill", "-" + name, pid);
        if (name.equals("STOP")) {
            // its threads stop one after the other
            Waiting.until(
                    "it stands still",
                    () ->
                            !ok("ps", "-L", "-o", "stat=", "-p", pid)
                                    .lines()
                                    .anyMatch(state -> !state.startsWith("T")));
        }
    }
}
