package org.jetfanout.rollout;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jetfanout.machine.Daemons;
import org.jetfanout.record.RunRecord;
import org.jetfanout.text.Text;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's own check between two waves: a command of a shell on the control machine, which runs
 * from the beginning on. Exit code 0 lets the run go on. Thread-safe.
 */
final class GateCommand {
    private static final Logger LOG = LoggerFactory.getLogger(GateCommand.class);

    /** The most lines of output that are shown. */
    private static final int MOST_LINES = 100;

    private static final int LONGEST_LINE = 1000;

    private final Process process;
    private final Thread reader;

    /**
     * @param lines takes the lines of its output
     */
    GateCommand(String command, Rollout rollout, Consumer<String> lines) throws IOException {
        RunRecord record = rollout.record();
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command);
        builder.environment().put("JET_FANOUT_GUID", record.guid());
        builder.environment().put("JET_FANOUT_WAVE", Integer.toString(rollout.wave()));
        builder.environment().put("JET_FANOUT_WAVES", Integer.toString(rollout.state().waves()));
        builder.environment().put("JET_FANOUT_FAILED", Integer.toString(rollout.failed()));
        builder.environment().put("JET_FANOUT_RECORD", record.folder().toString());
        // where the run was started, also if it is resumed elsewhere
        record.request()
                .map(request -> Path.of(request.path("directory").asText()))
                .filter(Files::isDirectory)
                .ifPresent(folder -> builder.directory(folder.toFile()));
        process = builder.redirectErrorStream(true).redirectInput(new File("/dev/null")).start();
        reader = Daemons.start("between waves", () -> read(lines));
    }

    private void read(Consumer<String> lines) {
        try (Stream<String> output =
                new BufferedReader(
                                new InputStreamReader(
                                        process.getInputStream(), StandardCharsets.UTF_8))
                        .lines()) {
            int[] shown = {0};
            output.forEach(
                    line -> {
                        if (shown[0]++ < MOST_LINES) {
                            String cut = line.substring(0, Math.min(line.length(), LONGEST_LINE));
                            LOG.info("between waves: {}", Text.plain(cut));
                            lines.accept("between waves: " + Text.forTerminal(Text.plain(cut)));
                        }
                    });
        } catch (UncheckedIOException e) {
            LOG.debug("the output of the command has ended", e);
        }
    }

    boolean isDone() {
        return !process.isAlive();
    }

    /** Why the run must not go on, once it is done; empty where it may. */
    Optional<String> refusal() throws InterruptedException {
        // what it started may hold the output open
        reader.join(1000);
        int code = process.exitValue();
        return code == 0
                ? Optional.empty()
                : Optional.of("the command of between_waves ended with exit code " + code);
    }

    /** Ends it, with what it has started. */
    void end() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
