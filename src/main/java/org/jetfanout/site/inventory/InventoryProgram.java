package org.jetfanout.site.inventory;

import com.fasterxml.jackson.core.JacksonException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.UserLocale;
import org.jetfanout.site.yaml.JsonInput;
import org.jetfanout.text.Quoted;

/**
 * Runs an executable inventory once, without arguments, in the current directory. jetp reads its
 * stderr as JSON too and ignores its exit code. Here stderr is for people, and an exit code other
 * than 0 is an error.
 */
final class InventoryProgram {
    private final Path path;
    private final Process process;
    private final long deadline;
    private final Duration limit;
    private final ProgramOutput printed;

    // Mutable state
    /** Whether its output may tell people why it is unusable. */
    private boolean failed = true;

    /**
     * Whether its output was valid JSON. It is set before the thread that reads the output ends.
     */
    private volatile boolean understood;

    private InventoryProgram(Path path, Duration limit) throws IOException {
        this.path = path;
        this.limit = limit;
        this.deadline = System.nanoTime() + limit.toNanos();
        ProcessBuilder program =
                new ProcessBuilder(path.toAbsolutePath().toString())
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        UserLocale.restore(program.environment());
        this.process = program.start();
        this.printed = new ProgramOutput(process.getInputStream());
    }

    static void run(
            Path path, Duration limit, Consumer<String> warnings, InventoryBuilder builder) {
        InventoryProgram program;
        try {
            program = new InventoryProgram(path, limit);
        } catch (IOException e) {
            throw ConfigurationException.at(path, "cannot be run: " + reason(e));
        }
        boolean done = false;
        try {
            program.read(warnings, builder);
            done = true;
        } finally {
            if (!done) {
                program.kill();
                if (program.failed) {
                    program.printed
                            .lines()
                            .forEach(line -> warnings.accept(path + " printed: " + line));
                }
            }
        }
    }

    private void read(Consumer<String> warnings, InventoryBuilder builder) {
        FutureTask<Void> stderr = start("inventory-stderr", () -> relay(warnings));
        FutureTask<Optional<ConfigurationException>> stdout =
                start("inventory-stdout", () -> parse(builder));
        Optional<ConfigurationException> problem = await(stdout);
        await(stderr);
        try {
            if (!process.waitFor(left(), TimeUnit.NANOSECONDS)) {
                throw late();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ConfigurationException.at(path, "interrupted");
        }
        // checked first, because unreadable output is often the message of a program that failed
        if (process.exitValue() != 0) {
            throw ConfigurationException.at(
                    path,
                    "the inventory program ended with exit code "
                            + process.exitValue()
                            + ", so jet-fanout ignores its output");
        }
        if (problem.isPresent()) {
            failed = !understood;
            throw problem.get();
        }
    }

    private Void relay(Consumer<String> warnings) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                warnings.accept(InventoryNames.visible(line.replace('\t', ' ')));
            }
        }
        return null;
    }

    private Optional<ConfigurationException> parse(InventoryBuilder builder) throws IOException {
        try (InputStream output = printed) {
            Optional<ConfigurationException> problem = Optional.empty();
            try {
                new DynamicInventory(path, builder).read(output);
            } catch (JacksonException e) {
                problem =
                        Optional.of(
                                ConfigurationException.at(
                                        path,
                                        "line "
                                                + JsonInput.line(e)
                                                + " of its output is not usable JSON: "
                                                + JsonInput.problem(e)));
            } catch (ConfigurationException e) {
                understood = true;
                problem = Optional.of(e);
            }
            // read to its end: a program that cannot write would never reach its exit code
            output.transferTo(OutputStream.nullOutputStream());
            return problem;
        }
    }

    private <T> FutureTask<T> start(String name, Callable<T> work) {
        // a child of the program may keep its output open for ever
        return Daemons.call(name, work);
    }

    private <T> T await(FutureTask<T> task) {
        try {
            return task.get(left(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw late();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ConfigurationException.at(path, "interrupted");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : ConfigurationException.at(
                            path, "its output cannot be read: " + e.getCause().getMessage());
        }
    }

    /** The system's own reason. The JDK puts the program's name before it. */
    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        int error = message.lastIndexOf("error=");
        int comma = message.indexOf(", ", Math.max(0, error));
        return Quoted.visible(error < 0 || comma < 0 ? message : message.substring(comma + 2));
    }

    private long left() {
        return Math.max(0, deadline - System.nanoTime());
    }

    private ConfigurationException late() {
        return ConfigurationException.at(
                path,
                "the inventory program did not end within "
                        + limit.toSeconds()
                        + " s, so jet-fanout stopped it");
    }

    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
