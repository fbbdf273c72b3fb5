package org.jetfanout.ssh;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jetfanout.machine.Daemons;
import org.jetfanout.ssh.config.SshConfig.Resolved;

/**
 * Connections to workers, for a process with several runs: a connection that a run has left is kept
 * for a while, for the next run that would log in to the same machine in the same way. While it is
 * kept it has no agent. Thread-safe.
 */
public final class KeptConnections implements AutoCloseable {
    /** More connections than this are not kept: each is an open file, here and there. */
    private static final int MOST = 2000;

    /** How long a machine may take to say that a kept connection still stands. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

    private static final int SIGNERS = 8;
    private static final String ASKED = "keepalive@openssh.com";

    private final Duration keep;
    private final Duration signOfLife;
    private final ThreadFactory threads;
    private final ExecutorService signers;
    private final ScheduledExecutorService sweeper;

    // Mutable state, guarded by this
    private final Map<Way, Deque<Kept>> idle = new HashMap<>();
    private final Map<ClientSettings, WorkerClient> clients = new HashMap<>();
    private int count;
    private boolean closed;

    /** What a client is made for. */
    private record ClientSettings(
            Duration keepAlive, int keepAliveMax, List<String> keyExchanges, int threads) {}

    /**
     * How a run would log in: two runs with the same way may use the same connection, if their keys
     * are the same too.
     *
     * @param label of the worker, by which messages name it
     * @param hops jump hosts, with the worker last
     */
    record Way(
            String label,
            List<Resolved> hops,
            SshFiles files,
            Duration keepAlive,
            int keepAliveMax,
            List<String> keyExchanges) {}

    /**
     * A connection that no run uses.
     *
     * @param hops jump hosts, with the worker last
     * @param login of the worker
     * @param since when, in nanoseconds
     */
    record Kept(List<ClientSession> hops, Login login, long since) {
        ClientSession worker() {
            return hops.get(hops.size() - 1);
        }

        boolean isOpen() {
            return hops.stream().allMatch(hop -> hop.isOpen() && !hop.isClosing());
        }

        void close() {
            for (int i = hops.size() - 1; i >= 0; i--) {
                hops.get(i).close(true);
            }
        }
    }

    /**
     * @param keep how long a connection that no run uses is kept
     */
    public KeptConnections(Duration keep) {
        this(keep, SIGN_OF_LIFE);
    }

    /** With another time in which a machine must say that a connection still stands. */
    KeptConnections(Duration keep, Duration signOfLife) {
        this.keep = keep;
        this.signOfLife = signOfLife;
        this.threads = Daemons.numbered("ssh-kept");
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        SIGNERS,
                        SIGNERS,
                        10,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        threads);
        pool.allowCoreThreadTimeOut(true);
        this.signers = pool;
        this.sweeper = Executors.newSingleThreadScheduledExecutor(threads);
        long often = Math.max(100, keep.toMillis() / 10);
        // until close
        var unused =
                sweeper.scheduleWithFixedDelay(this::sweep, often, often, TimeUnit.MILLISECONDS);
    }

    /** The client that all runs with these settings share. */
    synchronized WorkerClient client(SshSettings settings, Algorithms usual) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        ClientSettings like =
                new ClientSettings(
                        settings.keepAliveInterval(),
                        settings.keepAliveMax(),
                        settings.keyExchanges(),
                        settings.nioThreads());
        return clients.computeIfAbsent(
                like,
                made ->
                        // its threads outlive the run that asks
                        CompletableFuture.supplyAsync(
                                        () -> WorkerClient.start(settings, usual, signers),
                                        work -> threads.newThread(work).start())
                                .join());
    }

    /** Takes a connection that is the caller's alone from now on; empty where there is none. */
    synchronized Optional<Kept> take(Way way) {
        Deque<Kept> like = idle.get(way);
        if (like == null) {
            return Optional.empty();
        }
        Kept last = like.pollLast();
        if (like.isEmpty()) {
            idle.remove(way);
        }
        count--;
        return Optional.of(last);
    }

    /** Keeps a connection on which nothing goes on, or closes it. */
    void give(Way way, Kept kept) {
        boolean taken = false;
        synchronized (this) {
            if (!closed && count < MOST && kept.isOpen()) {
                idle.computeIfAbsent(way, made -> new ArrayDeque<>()).addLast(kept);
                count++;
                taken = true;
            }
        }
        if (!taken) {
            kept.close();
        }
    }

    /** Whether the other side still answers. */
    boolean isAlive(ClientSession session) {
        if (!session.isOpen()) {
            return false;
        }
        try {
            Buffer question = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, 64);
            question.putString(ASKED);
            question.putBoolean(true);
            session.request(ASKED, question, signOfLife.toMillis());
            return session.isOpen();
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /** How many connections are kept now. */
    public synchronized int count() {
        return count;
    }

    private void sweep() {
        List<Kept> old = new ArrayList<>();
        long now = System.nanoTime();
        synchronized (this) {
            for (Iterator<Deque<Kept>> all = idle.values().iterator(); all.hasNext(); ) {
                Deque<Kept> like = all.next();
                for (Iterator<Kept> each = like.iterator(); each.hasNext(); ) {
                    Kept kept = each.next();
                    if (!kept.isOpen() || now - kept.since() > keep.toNanos()) {
                        each.remove();
                        count--;
                        old.add(kept);
                    }
                }
                if (like.isEmpty()) {
                    all.remove();
                }
            }
        }
        old.forEach(Kept::close);
    }

    /** Closes all that is kept, and the connections that runs still use. */
    @Override
    public void close() {
        List<Kept> left = new ArrayList<>();
        List<WorkerClient> ending;
        synchronized (this) {
            closed = true;
            idle.values().forEach(left::addAll);
            idle.clear();
            count = 0;
            ending = List.copyOf(clients.values());
            clients.clear();
        }
        left.forEach(Kept::close);
        ending.forEach(WorkerClient::stop);
        sweeper.shutdownNow();
        signers.shutdownNow();
    }
}
