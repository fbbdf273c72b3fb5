package org.jetfanout.ssh.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Daemons;
import org.jetfanout.ssh.config.ConfigFiles.ConfigFile;
import org.jetfanout.ssh.config.ConfigFiles.Entry;
import org.jetfanout.text.Quoted;

/**
 * Asks {@code ssh -G} for the settings of a machine. ssh gets copies of the files, with each
 * Include resolved as we do: ssh itself finds the user's home only through passwd, and might read
 * other files than we did. Thread-safe.
 */
public final class OpenSsh {
    /** How many seconds a {@code Match exec} may take. */
    private static final int SECONDS = 20;

    /** How many questions may run at a time. More would only wait for the processors. */
    public static final int AT_ONCE = 8;

    /** The file for ssh's stderr. */
    private static final String ERRORS = "errors";

    private static final int MAX_LINES = 10_000;

    private static final Semaphore TURNS = new Semaphore(AT_ONCE);

    /**
     * How long an answer counts for whoever asks again. It depends on more than the files that we
     * read: on those that only ssh finds, and on the programs of Match exec. A service lives long.
     */
    private static final Duration KEPT = Duration.ofMinutes(1);

    /** The answers: a run asks about each machine once. */
    private static final Map<Question, Answer> ANSWERS = new ConcurrentHashMap<>();

    private final ConfigFiles files;
    private final Optional<Path> program;
    private final Duration kept;

    private record Question(ConfigFiles files, String host, int port, String user) {}

    private record Answer(List<String> lines, long nanos) {
        boolean isOld(Duration kept) {
            return System.nanoTime() - nanos >= kept.toNanos();
        }
    }

    private OpenSsh(ConfigFiles files, Optional<Path> program, Duration kept) {
        this.files = files;
        this.program = program;
        this.kept = kept;
    }

    /**
     * @param path of the environment, in which ssh is searched
     */
    OpenSsh(ConfigFiles files, String path) {
        this(files, path, KEPT);
    }

    /**
     * @param kept how old an answer may be
     */
    OpenSsh(ConfigFiles files, String path, Duration kept) {
        this.files = files;
        this.kept = kept;
        this.program =
                Stream.of(path.split(":", -1))
                        .filter(folder -> folder.startsWith("/"))
                        .map(folder -> Path.of(folder, "ssh"))
                        .filter(Files::isExecutable)
                        .findFirst();
    }

    /** The lines of the answer without any files. */
    List<String> usual(Destination destination, ConfigLine why) {
        return new OpenSsh(new ConfigFiles(List.of()), program, kept).ask(destination, why);
    }

    /**
     * The lines of the answer.
     *
     * @param why the line that only ssh can evaluate
     * @throws ConfigurationException where there is no ssh, or it gives no answer
     */
    List<String> ask(Destination destination, ConfigLine why) {
        if (program.isEmpty()) {
            throw cannotBeAsked(why, "not installed");
        }
        Question question =
                new Question(files, destination.host(), destination.port(), destination.user());
        Answer known = ANSWERS.get(question);
        if (known != null && !known.isOld(kept)) {
            return known.lines();
        }
        TURNS.acquireUninterruptibly();
        try {
            Path folder = Files.createTempDirectory("jet-fanout-ssh"); // only we can read it
            try {
                List<String> answer = ask(destination, why, folder);
                ANSWERS.values().removeIf(old -> old.isOld(kept));
                ANSWERS.put(question, new Answer(answer, System.nanoTime()));
                return answer;
            } finally {
                remove(folder);
            }
        } catch (IOException | UncheckedIOException e) {
            throw cannotBeAsked(why, e.getMessage());
        } finally {
            TURNS.release();
        }
    }

    private static ConfigurationException cannotBeAsked(ConfigLine why, String trouble) {
        return why.error(
                "only ssh can evaluate this for the worker, but ssh -G does not work ("
                        + trouble
                        + "): install the OpenSSH client, or write it differently (see"
                        + " docs/ssh-config.md)");
    }

    private List<String> ask(Destination destination, ConfigLine why, Path folder)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                program.orElseThrow().toString(),
                                "-G",
                                "-F",
                                new Copies(folder).top().toString()));
        if (destination.port() > 0) {
            command.addAll(List.of("-p", Integer.toString(destination.port())));
        }
        if (!destination.user().isEmpty()) {
            command.addAll(List.of("-l", destination.user()));
        }
        command.addAll(List.of("--", destination.host()));
        Process ssh =
                new ProcessBuilder(command)
                        .redirectInput(Path.of("/dev/null").toFile())
                        // the output of a Match exec is not part of the answer
                        .redirectError(folder.resolve(ERRORS).toFile())
                        .start();
        FutureTask<List<String>> reading = Daemons.call("ssh-G", () -> lines(ssh));
        try {
            List<String> answer = reading.get(SECONDS, TimeUnit.SECONDS);
            if (!ssh.waitFor(SECONDS, TimeUnit.SECONDS) || ssh.exitValue() != 0) {
                throw why.error("ssh -G refuses it: " + said(folder));
            }
            return answer;
        } catch (TimeoutException e) {
            throw why.error("ssh -G did not answer within " + SECONDS + " s");
        } catch (ExecutionException e) {
            throw why.error("ssh -G did not answer: " + e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw why.error("interrupted while waiting for ssh -G");
        } finally {
            ssh.descendants().forEach(ProcessHandle::destroyForcibly);
            ssh.destroyForcibly();
        }
    }

    private static List<String> lines(Process ssh) throws IOException {
        try (BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(ssh.getInputStream(), StandardCharsets.UTF_8))) {
            return out.lines().limit(MAX_LINES).toList();
        }
    }

    /** The first error about a line, without the place in our copy. */
    private static String said(Path folder) throws IOException {
        byte[] errors = Files.readAllBytes(folder.resolve(ERRORS));
        List<String> lines = new String(errors, StandardCharsets.UTF_8).lines().toList();
        String first =
                lines.stream()
                        .filter(line -> line.contains(folder.toString()))
                        .findFirst()
                        .orElse(lines.isEmpty() ? "" : lines.get(0))
                        .strip();
        return Quoted.excerpt(
                first.replace(folder + "/", "").replaceFirst("^config\\d+:? line \\d+: ", ""));
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> copies = Files.list(folder)) {
            for (Path copy : copies.toList()) {
                Files.delete(copy);
            }
        }
        Files.delete(folder);
    }

    /** Copies of the files in a folder, where each Include names copies. */
    private final class Copies {
        private final Path folder;

        // Mutable state
        private int count;

        Copies(Path folder) {
            this.folder = folder;
        }

        Path top() throws IOException {
            List<String> lines = new ArrayList<>();
            for (ConfigFile file : files.files()) {
                lines.add(include(file));
            }
            return write(lines);
        }

        private String include(ConfigFile file) throws IOException {
            List<String> lines = new ArrayList<>();
            for (Entry entry : file.entries()) {
                ConfigLine line = entry.line();
                if (line.keyword().equals("include")) {
                    for (ConfigFile included : entry.included()) {
                        lines.add(include(included));
                    }
                    if (!entry.unplaced().isEmpty()) {
                        lines.add("Include \"" + String.join("\" \"", entry.unplaced()) + "\"");
                    }
                } else {
                    lines.add(line.written() + " " + line.rest());
                }
            }
            return "Include \"" + write(lines) + "\"";
        }

        private Path write(List<String> lines) throws IOException {
            return Files.write(folder.resolve("config" + count++), lines);
        }
    }
}
