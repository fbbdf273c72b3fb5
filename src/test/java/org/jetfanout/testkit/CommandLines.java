package org.jetfanout.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.runner.ShellWords;

/**
 * Runs shell lines as a user types them. A {@code jet-fanout} is on the PATH: a JVM of its own with
 * the tests' class path. State and home are in a folder of the test.
 */
public final class CommandLines {
    private static final int LIMIT_SECONDS = 900;

    private final Path folder;
    private final List<String> prefix;

    private CommandLines(Path folder, List<String> prefix) {
        this.folder = folder;
        this.prefix = prefix;
    }

    /** The exit code and the output of a shell line. */
    public record Ended(int exit, String out, String err) {
        /** The first line of standard output. */
        public String firstLine() {
            return out.lines().findFirst().orElse("");
        }
    }

    /** Runs lines as the user who runs the tests, who may be root. */
    public static CommandLines ofOwnUser(Path folder) throws IOException {
        return new CommandLines(folder, List.of()).prepare(ClassArchive.options());
    }

    /**
     * Runs lines as a user who is not root, with a class path that everyone can read. Where root
     * runs the tests, the checkout and Maven's repository may be readable for root only.
     */
    public static CommandLines ofOrdinaryUser(Path folder) throws IOException {
        if (!isRoot(folder)) {
            return ofOwnUser(folder);
        }
        List<String> setpriv =
                List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        List<Path> copies = copies(classPath(), Files.createDirectory(folder.resolve("lib")));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        String joined = copies.stream().map(Path::toString).collect(Collectors.joining(":"));
        return new CommandLines(folder, setpriv)
                .prepare(
                        List.of(
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                joined));
    }

    private static boolean isRoot(Path own) throws IOException {
        return Files.getAttribute(own, "unix:uid").equals(0);
    }

    private static List<Path> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes"))
                .map(Path::of)
                .toList();
    }

    private static List<Path> copies(List<Path> classPath, Path to) throws IOException {
        List<Path> copies = new ArrayList<>();
        for (Path entry : classPath) {
            Path copy = to.resolve(copies.size() + "-" + entry.getFileName());
            try (Stream<Path> all = Files.walk(entry)) {
                for (Path path : all.toList()) {
                    Path target = copy.resolve(entry.relativize(path).toString());
                    Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            copies.add(copy);
        }
        return copies;
    }

    private CommandLines prepare(List<String> options) throws IOException {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Path program = bin.resolve("jet-fanout");
        List<String> words = new ArrayList<>();
        words.add(Program.JAVA);
        words.addAll(options);
        words.add("-Duser.home=" + folder);
        words.add(Program.MAIN);
        Programs.write(program, "#!/bin/sh\nexec " + ShellWords.join(words) + " \"$@\"\n");
        return this;
    }

    /** The folder of the run records. */
    public Path runs() {
        return folder.resolve("state/jet-fanout/runs");
    }

    /** Runs a shell line in a folder and waits until it has ended. */
    public Ended run(Path directory, Map<String, String> environment, String line)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        Process process = start(directory, environment, line, out, err);
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("still running: " + line + "\n" + Files.readString(err));
        }
        RunLogs.haveNoTraces(runs());
        return new Ended(
                process.exitValue(),
                new String(Files.readAllBytes(out), UTF_8),
                new String(Files.readAllBytes(err), UTF_8));
    }

    /** Starts a shell line. A single command replaces the shell. */
    public Process start(
            Path directory, Map<String, String> environment, String line, Path out, Path err)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("/bin/sh", "-c", line));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        Map<String, String> own = builder.environment();
        own.keySet().removeIf(name -> name.startsWith("JET_") || name.startsWith("SSH_"));
        own.remove("JAVA_TOOL_OPTIONS");
        own.put("PATH", folder.resolve("bin") + ":" + own.get("PATH"));
        own.put("HOME", folder.toString());
        own.put("XDG_STATE_HOME", folder.resolve("state").toString());
        own.putAll(environment);
        return builder.start();
    }
}
