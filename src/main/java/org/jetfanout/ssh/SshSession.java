package org.jetfanout.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.helpers.AbstractConnectionService;
import org.jetfanout.ssh.KeptConnections.Kept;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.agent.AgentGuard;
import org.jetfanout.text.Quoted;

/** A login on a worker. Thread-safe. */
public final class SshSession implements AutoCloseable {
    /** How long a connection that is to be kept waits for the last message of its command. */
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private final List<ClientSession> hops;
    private final Login login;
    private final Deadlines deadlines;
    private final ExecutorService threads;
    private final Optional<Consumer<Kept>> keeper;

    // Mutable state
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile ExecChannel command;

    /**
     * @param hops jump hosts, with the worker last
     * @param keeper takes the connection when nothing goes on there any more; empty where it is
     *     closed then
     */
    SshSession(
            List<ClientSession> hops,
            Login login,
            Deadlines deadlines,
            ExecutorService threads,
            Optional<Consumer<Kept>> keeper) {
        this.hops = hops;
        this.login = login;
        this.deadlines = deadlines;
        this.threads = threads;
        this.keeper = keeper;
    }

    /**
     * Starts a command. Closing its stream closes this session.
     *
     * @param line for the login shell; the caller has quoted it
     * @param stdin is sent on a thread of its own, then closed; empty where the command gets no
     *     stdin
     * @throws WorkerUnreachableException if it cannot be started
     */
    public ExecStream exec(String line, Optional<InputStream> stdin) {
        try {
            ExecChannel channel = login.firstChannel().take(worker());
            command = channel;
            OpenFuture future = channel.opening();
            if (!future.await(deadlines.login())) {
                throw exception(
                        Cause.TIMEOUT,
                        "no command started within " + deadlines.login().toMillis() / 1000.0 + " s",
                        null);
            }
            if (!future.isOpened()) {
                throw exception(
                        Cause.CHANNEL,
                        "its sshd does not open a session ("
                                + WorkerUnreachableException.words(future.getException())
                                + "): see MaxSessions of its sshd",
                        future.getException());
            }
            channel.run(line, login.guard().isPresent());
            ExecStream stream = new ExecStream(channel.inbox(), channel, this);
            if (stdin.isPresent()) {
                // wakes a thread that waits for more bytes to send to a command that has ended
                channel.addCloseFutureListener(gone -> ExecStream.closeQuietly(stdin.get()));
                stream.begin(stdin.get(), threads);
            } else {
                channel.getInvertedIn().close();
            }
            return stream;
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** The algorithms that both sides agreed on. */
    public Encryption encryption() {
        return Encryption.of(worker());
    }

    /** The fingerprint of the key that logged in. */
    public String loginKey() {
        return login.signedWith().key().fingerprint();
    }

    /**
     * Closes the connection, unless it is kept for another run. Commands that run continue, as with
     * ssh.
     */
    @Override
    public void close() {
        endAgent(); // first: whatever closing brings, nothing is signed any more
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (keeper.isPresent() && hasEnded()) {
            login.takeBack();
            CompletableFuture<Void> over = new CompletableFuture<>();
            command.addCloseFutureListener(now -> over.complete(null));
            // keep() throws nothing that anybody waits for
            var unused =
                    over.completeOnTimeout(null, GOODBYE.toMillis(), TimeUnit.MILLISECONDS)
                            .thenRun(this::keep);
        } else {
            disconnect();
        }
    }

    /**
     * Whether the worker has said how its command ended. Its last message is often still on its way
     * when all output has been read.
     */
    boolean hasEnded() {
        ExecChannel last = command;
        return last != null && (last.endSeen() || last.getExitStatus() != null);
    }

    private void keep() {
        if (isIdle()) {
            keeper.orElseThrow().accept(new Kept(hops, login, System.nanoTime()));
        } else {
            disconnect();
        }
    }

    /** Whether its command has ended in good order, and nothing else goes on on the connection. */
    private boolean isIdle() {
        return command.endSeen()
                && command.isClosed()
                && worker().isOpen()
                && worker().getService(ConnectionService.class)
                        instanceof AbstractConnectionService service
                && service.getChannels().isEmpty();
    }

    private void disconnect() {
        for (int i = hops.size() - 1; i >= 0; i--) {
            hops.get(i).close(true);
        }
    }

    /** From now on the worker sees no keys and gets no signatures. */
    public void endAgent() {
        if (!closed.get()) { // else the guard may be that of another run
            login.guard().ifPresent(AgentGuard::end);
        }
    }

    WorkerUnreachableException exception(Cause reason, String text, Throwable cause) {
        return login.exception(reason, text, cause);
    }

    WorkerUnreachableException lost() {
        return lost(login.failure());
    }

    private WorkerUnreachableException lost(Throwable trouble) {
        String why =
                login.goodbye().isEmpty()
                        ? WorkerUnreachableException.words(trouble)
                        : login.goodbye();
        return exception(Cause.LOST, "connection lost: " + Quoted.excerpt(why), trouble);
    }

    private ClientSession worker() {
        return hops.get(hops.size() - 1);
    }
}
