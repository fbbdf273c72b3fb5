package org.jetfanout.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;

/**
 * Runs a process as the command of an SSH channel, with the channel's streams and exit code. MINA's
 * own class for this asks a thousand times a second whether there is something to copy.
 */
final class ShellCommand implements Command {
    /** Starts the process of a command. */
    @FunctionalInterface
    interface Start {
        Process start(Environment environment) throws IOException;
    }

    private final Start starter;

    // Mutable state: MINA sets it before it starts the command
    private InputStream in;
    private OutputStream out;
    private OutputStream err;
    private ExitCallback exit;
    private Process process;

    ShellCommand(Start starter) {
        this.starter = starter;
    }

    @Override
    public void setInputStream(InputStream stream) {
        in = stream;
    }

    @Override
    public void setOutputStream(OutputStream stream) {
        out = stream;
    }

    @Override
    public void setErrorStream(OutputStream stream) {
        err = stream;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) throws IOException {
        process = starter.start(environment);
        CountDownLatch outputs = new CountDownLatch(2);
        Threads.start("demo-stdin", () -> copy(in, process.getOutputStream()));
        Threads.start("demo-stdout", () -> output(process.getInputStream(), out, outputs));
        Threads.start("demo-stderr", () -> output(process.getErrorStream(), err, outputs));
        Threads.start("demo-exit", () -> end(outputs));
    }

    /**
     * Called when the connection has ended. A process that detached itself from the command goes
     * on, as with sshd.
     */
    @Override
    public void destroy(ChannelSession channel) {
        process.destroy();
    }

    private void end(CountDownLatch outputs) {
        try {
            outputs.await();
            exit.onExit(process.waitFor());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void output(InputStream from, OutputStream to, CountDownLatch outputs) {
        copy(from, to);
        outputs.countDown();
    }

    private static void copy(InputStream from, OutputStream to) {
        byte[] bytes = new byte[16 << 10];
        try (to) {
            for (int n = from.read(bytes); n >= 0; n = from.read(bytes)) {
                to.write(bytes, 0, n);
                to.flush();
            }
        } catch (IOException e) {
            // one of the two ends is closed: nothing more to copy
        }
    }
}
