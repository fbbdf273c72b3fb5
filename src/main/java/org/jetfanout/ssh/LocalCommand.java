package org.jetfanout.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.Home;
import org.jetfanout.machine.UserLocale;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.agent.GuardSocket;

/**
 * A command that runs on the control machine in place of a worker. A shell runs it, as a login
 * would. When nobody reads its output, its writes stop, and memory is bounded. One thread reads;
 * any thread may call the other methods.
 */
public final class LocalCommand implements CommandStream {
    private static final int CHUNK = 64 << 10;
    private static final int MOST_CHUNKS = 16;

    /** How long the shell may take to end after its output has ended. */
    private static final long SECONDS_TO_END = 10;

    private static final String AGENT = "SSH_AUTH_SOCK";

    /** Variables for the control machine only. */
    private static final List<String> SECRETS =
            List.of("JET_FANOUT_BROKER_USER", "JET_FANOUT_BROKER_PASSWORD");

    private final Process process;
    private final InputStream stdin;
    private final Optional<GuardSocket> agent;

    // Mutable state, guarded by this
    private final Deque<Chunk> arrived = new ArrayDeque<>();
    private int streams = 2;
    private boolean closed;
    private IOException stdinFailure;

    private LocalCommand(Process process, InputStream stdin, Optional<GuardSocket> agent) {
        this.process = process;
        this.stdin = stdin;
        this.agent = agent;
    }

    /**
     * Starts the command in the home of the user of this program, with this program's environment.
     *
     * @param stdin is sent on a thread of its own, then closed; empty where the command gets no
     *     stdin
     * @param guard the policy for the user's ssh-agent; empty where the command gets no agent
     */
    public static LocalCommand start(
            String command, Optional<InputStream> stdin, Optional<GuardPolicy> guard)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", command);
        Map<String, String> environment = builder.environment();
        SECRETS.forEach(environment::remove);
        UserLocale.restore(environment);
        String own = environment.getOrDefault(AGENT, "");
        environment.remove(AGENT);
        Optional<GuardSocket> agent = Optional.empty();
        if (guard.isPresent() && !own.isEmpty()) {
            agent = Optional.of(GuardSocket.open(guard.get(), Path.of(own)));
            environment.put(AGENT, agent.get().socket().toString());
        }
        Path home = Home.of(environment).path();
        environment.put("HOME", home.toString());
        builder.directory(home.toFile());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            agent.ifPresent(GuardSocket::close);
            throw e;
        }
        LocalCommand running =
                new LocalCommand(process, stdin.orElse(InputStream.nullInputStream()), agent);
        Daemons.start("local-stdout", () -> running.read(process.getInputStream(), false));
        Daemons.start("local-stderr", () -> running.read(process.getErrorStream(), true));
        Daemons.start("local-stdin", running::write);
        return running;
    }

    @Override
    public synchronized boolean hasNext() {
        try {
            while (arrived.isEmpty() && streams > 0 && !closed) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        }
        return !arrived.isEmpty();
    }

    @Override
    public synchronized Chunk next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        notifyAll();
        return arrived.poll();
    }

    @Override
    public OptionalInt exitStatus() {
        if (loss().isPresent()) {
            return OptionalInt.empty();
        }
        try {
            return process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)
                    ? OptionalInt.of(process.exitValue())
                    : OptionalInt.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        }
    }

    @Override
    public synchronized Optional<IOException> loss() {
        if (stdinFailure != null) {
            return Optional.of(stdinFailure);
        }
        return closed
                ? Optional.of(new IOException("closed before the command ended"))
                : Optional.empty();
    }

    /** Stops reading. The job itself continues, as when a worker's connection ends. */
    @Override
    public synchronized void close() {
        closed = true;
        arrived.clear();
        notifyAll();
        agent.ifPresent(GuardSocket::close);
        process.destroy();
        try {
            stdin.close(); // wakes the thread that waits for more of it
        } catch (IOException e) {
            // nobody reads it any more
        }
    }

    private void read(InputStream in, boolean stderr) {
        byte[] buffer = new byte[CHUNK];
        try (in) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                add(new Chunk(stderr, Arrays.copyOf(buffer, count)));
            }
        } catch (IOException e) {
            // the shell has ended; its exit status says more
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            streams--;
            notifyAll();
        }
    }

    private synchronized void add(Chunk chunk) throws InterruptedException {
        while (arrived.size() >= MOST_CHUNKS && !closed) {
            wait();
        }
        if (!closed) {
            arrived.add(chunk);
            notifyAll();
        }
    }

    private void write() {
        byte[] buffer = new byte[CHUNK];
        try (stdin;
                OutputStream out = process.getOutputStream()) {
            for (int count = read(buffer); count >= 0; count = read(buffer)) {
                out.write(buffer, 0, count);
                out.flush(); // more may come much later
            }
        } catch (IOException e) {
            // the command stopped reading or has ended: no error by itself, its end says more
        }
    }

    private int read(byte[] buffer) throws IOException {
        try {
            return stdin.read(buffer);
        } catch (IOException e) {
            // a half stdin must not look like a whole one; noted before the end can be seen
            synchronized (this) {
                stdinFailure =
                        new IOException("cannot read the data to send: " + e.getMessage(), e);
            }
            process.destroyForcibly();
            throw e;
        }
    }
}
