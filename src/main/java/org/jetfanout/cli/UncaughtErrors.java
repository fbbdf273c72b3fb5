package org.jetfanout.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jetfanout.ExitCode;
import org.slf4j.LoggerFactory;

/**
 * What is done about what a thread of ours or of a library has not caught. After an error (no
 * memory, no more threads, a class that is broken) whoever waits for that thread would wait for
 * ever: the process ends at once, with one line. The run record is safe, and jobs continue. An
 * exception is said, and does not end what others do. Thread-safe.
 */
final class UncaughtErrors implements Thread.UncaughtExceptionHandler {
    /** Made before, since there may be no memory left to make it. */
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
            // nothing more can be said
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
