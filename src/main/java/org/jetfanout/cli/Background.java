package org.jetfanout.cli;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jetfanout.machine.OwnProgram;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.question.AnswerMode;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;

/** The background process that takes over a run ({@code --detach}, or "detach" after Ctrl-C). */
final class Background {
    /**
     * An environment variable that is set for a process that another one started to take over its
     * run.
     */
    private static final String VARIABLE = "JET_FANOUT_BACKGROUND";

    private static final int HEAD_START_MILLIS = 10_000;
    private static final int POLL_MILLIS = 50;

    private Background() {}

    /** Whether this process was started to take over a run. */
    static boolean isThis() {
        return System.getenv(VARIABLE) != null;
    }

    /**
     * Starts another process that takes up a run. That process prints to the run's folder only.
     *
     * @param run the run's folder
     */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody here waits for its end
    static void start(Path run) throws IOException {
        started(run);
    }

    /**
     * Starts it with more options of {@code resume}.
     *
     * @param run the run's folder
     */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody here waits for its end
    static void start(Path run, List<String> options) throws IOException {
        started(run, options);
    }

    /**
     * As {@link #start}.
     *
     * @return the exit code of that process, once it has ended
     */
    static CompletableFuture<Integer> started(Path run) throws IOException {
        return started(run, List.of());
    }

    private static CompletableFuture<Integer> started(Path run, List<String> options)
            throws IOException {
        String guid = run.getFileName().toString();
        List<String> words = new ArrayList<>(List.of("resume", guid));
        words.addAll(options);
        ProcessBuilder process = OwnProgram.process(List.of("setsid"), run.getParent(), words);
        process.environment().put(VARIABLE, "yes");
        AnswerMode.unset(process.environment());
        process.redirectInput(new File("/dev/null"));
        Path log = RunFile.BACKGROUND_LOG.in(run);
        if (!Files.exists(log)) {
            Files.createFile(log, PrivateFiles.FILE);
        }
        process.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        process.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process started = process.start();
        Main.say(
                "the run continues in the background. To see its status: jet-fanout status "
                        + guid);
        return started.onExit().thenApply(Process::exitValue);
    }

    /**
     * Makes this process the owner of the run. Where another process has just handed the run over,
     * this one waits a moment for the other to end.
     */
    static void own(RunRecord record) throws IOException {
        boolean handedOver = isThis();
        for (int waited = 0;
                handedOver && record.isOwned() && waited < HEAD_START_MILLIS;
                waited += POLL_MILLIS) {
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                throw new InterruptedIOException(
                        "interrupted while waiting for the process that owns the run");
            }
        }
        record.own();
    }
}
