package org.jetfanout.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jetfanout.ExitCode;
import org.slf4j.LoggerFactory;

/**
 * Handles what no thread, ours or a library's, has caught. An error (no memory, no more threads, a
 * broken class) ends the process at once with one line, because others would wait for that thread
 * for ever. The run record is safe, and the jobs continue on the workers. An exception is only
 * reported. Thread-safe.
 */
final class UncaughtErrors implements Thread.UncaughtExceptionHandler {
    /** Made in advance, because there may be no memory left to make it later. */
    private static final byte[] OUT_OF_MEMORY =
            ("jet-fanout: out of memory: allow more (JET_FANOUT_JAVA_OPTIONS=-Xmx2g). The run"
                            + " record is safe: continue with jet-fanout resume\n")
                    .getBytes(StandardCharsets.UTF_8);

    @Override
    public void uncaughtException(Thread thread, Throwable thrown) {
        if (!(thrown instanceof Error)) {
            LoggerFactory.getLogger(UncaughtErrors.class)
                    .error("thread {} ended unexpectedly", thread.getName(), thrown);
            Main.say("internal error in thread " + thread.getName() + ": " + thrown);
            return;
        }
        try (FileOutputStream err = new FileOutputStream(FileDescriptor.err)) {
            err.write(line(thread, thrown));
        } catch (IOException | Error e) {
            // there is no way left to report this
        } finally {
            Runtime.getRuntime().halt(ExitCode.INTERNAL.code());
        }
    }

    private static byte[] line(Thread thread, Throwable thrown) {
        String message = String.valueOf(thrown.getMessage());
        if (thrown instanceof OutOfMemoryError && !message.contains("native thread")) {
            return OUT_OF_MEMORY;
        }
        return ("jet-fanout: "
                        + (message.contains("native thread")
                                ? "cannot create more threads: raise the limit (ulimit -u, or"
                                        + " pids.max of the control group) or use fewer --threads"
                                : "internal error in thread " + thread.getName() + ": " + thrown)
                        + "; the run record is safe: continue with jet-fanout resume\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
