package org.jetfanout.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jetfanout.runner.ShellWords;

/** Runs jet-fanout in a JVM of its own. */
public final class Program {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LIMIT_SECONDS = 900;

    /** The class path without the tests' own classes and settings. */
    public static final String CLASS_PATH =
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                    .filter(entry -> !entry.contains("test-classes"))
                    .collect(Collectors.joining(File.pathSeparator));

    /** The java of this JVM. */
    public static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** The main class. */
    public static final String MAIN = "org.jetfanout.cli.Main";

    /** The processes that run. They are killed when the tests end. */
    private static final Set<Process> STARTED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> STARTED.forEach(Process::destroyForcibly), "programs"));
    }

    private final Process process;
    private final Path out;
    private final Path err;
    private final Path runs;

    private Program(Process process, Path out, Path err, Path runs) {
        this.process = process;
        this.out = out;
        this.err = err;
        this.runs = runs;
    }

    /**
     * Starts the program.
     *
     * @param home its home, which also holds its state
     * @param environment further variables; SSH_AUTH_SOCK for instance
     */
    public static Program start(
            Path home, Path directory, Map<String, String> environment, List<String> words)
            throws IOException {
        Path state = home.resolve("state");
        Path out = Files.createTempFile(home, "out", ".txt");
        Path err = Files.createTempFile(home, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command(home, words))
                        .directory(directory.toFile())
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        Map<String, String> own = builder.environment();
        own.keySet().removeIf(name -> name.startsWith("JET_") || name.startsWith("SSH_"));
        own.keySet().removeAll(List.of("NO_COLOR", "JAVA_TOOL_OPTIONS"));
        own.put("HOME", home.toString());
        own.put("XDG_STATE_HOME", state.toString());
        own.putAll(environment);
        Process process = builder.start();
        STARTED.add(process);
        return new Program(process, out, err, state.resolve("jet-fanout/runs"));
    }

    /** The start of the program as a line for a shell, with the variables that it needs. */
    public static String shellLine(Path home, Map<String, String> environment, List<String> words) {
        List<String> line = new ArrayList<>(List.of("env", "-u", "JAVA_TOOL_OPTIONS"));
        line.add("HOME=" + home);
        line.add("XDG_STATE_HOME=" + home.resolve("state"));
        environment.forEach((name, value) -> line.add(name + "=" + value));
        line.addAll(command(home, words));
        return ShellWords.join(line);
    }

    private static List<String> command(Path home, List<String> words) {
        List<String> command = new ArrayList<>();
        command.add(JAVA);
        command.addAll(ClassArchive.options());
        // the launcher sets this, too
        command.add("-Djdk.serialFilter=!*");
        command.add("-Duser.home=" + home);
        command.add(MAIN);
        command.addAll(words);
        return command;
    }

    /** The process. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** What it has printed on standard output so far. */
    public String out() {
        return text(out);
    }

    /** What it has printed on standard error so far. */
    public String err() {
        return text(err);
    }

    /** Sends it a signal, {@code INT} for instance. */
    public void signal(String name) {
        Programs.ok("kill", "-s", name, Long.toString(process.pid()));
    }

    /** Waits for its end. Fails where a run of its home has a stack trace in its log. */
    public Ended end() {
        return end(Duration.ofSeconds(LIMIT_SECONDS));
    }

    /** Waits for its end. Kills it if it takes longer than the limit. */
    public Ended end(Duration limit) {
        try {
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running:\n" + out() + err());
            }
            RunLogs.haveNoTraces(runs);
            return new Ended(process.exitValue(), out(), err(), runs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The end of the program.
     *
     * @param exit its exit code
     * @param out its standard output
     * @param err its standard error
     * @param runs folder of its run records
     */
    public record Ended(int exit, String out, String err, Path runs) {
        /** The lines of standard output. */
        public List<String> lines() {
            return out().lines().toList();
        }

        /** The run's GUID, which is its first line. */
        public String guid() {
            return lines().isEmpty() ? "(no GUID)" : lines().get(0);
        }

        /** A file of the run record. */
        public Path record(String name) {
            return runs.resolve(guid()).resolve(name);
        }

        /** The lines of an NDJSON file of the run record. */
        public List<JsonNode> records(String name) throws IOException {
            List<JsonNode> all = new ArrayList<>();
            if (Files.exists(record(name))) {
                for (String line : Files.readAllLines(record(name))) {
                    all.add(JSON.readTree(line));
                }
            }
            return all;
        }

        /** The outcome by host, from the run record; {@code twice} for a host with two results. */
        public Map<String, String> outcomes() throws IOException {
            return byHost(line -> line.path("outcome").asText());
        }

        /** As {@link #outcomes}, and after each outcome its reason if it has one. */
        public Map<String, String> results() throws IOException {
            return byHost(
                    line ->
                            (line.path("outcome").asText() + " " + line.path("reason").asText())
                                    .strip());
        }

        private Map<String, String> byHost(Function<JsonNode, String> said) throws IOException {
            return records("results.ndjson").stream()
                    .collect(
                            Collectors.toMap(
                                    line -> line.path("host").asText(),
                                    said,
                                    (one, other) -> "twice"));
        }

        /** The lines of standard error that are neither a state line nor part of the summary. */
        public List<String> complaints() {
            return err.lines().filter(line -> line.startsWith("jet-fanout: ")).toList();
        }

        @Override
        public String toString() {
            String shown = out;
            return "exit "
                    + exit
                    + "\n-- stdout\n"
                    + shown.substring(0, Math.min(4000, shown.length()))
                    + "\n-- stderr\n"
                    + err;
        }
    }
}
