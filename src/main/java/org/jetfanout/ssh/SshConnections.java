package org.jetfanout.ssh;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.sshd.client.session.ClientSession;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.FileTimes;
import org.jetfanout.ssh.KeptConnections.Kept;
import org.jetfanout.ssh.KeptConnections.Way;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.ssh.agent.UserSshAgent;
import org.jetfanout.ssh.agent.UserSshAgent.HeldKey;
import org.jetfanout.ssh.config.Destination;
import org.jetfanout.ssh.config.OpenSsh;
import org.jetfanout.ssh.config.SshConfig;
import org.jetfanout.ssh.config.SshConfig.Resolved;
import org.jetfanout.ssh.keys.JdkEd25519;

/**
 * All SSH connections of a process. They share one MINA client, which starts with the first
 * connection and has a fixed number of threads for reading and writing. A few more threads sign
 * logins, and a few ask the user's agent for workers, however many workers there are. Only a stdin
 * that must be waited for has a thread of its own. Thread-safe.
 */
public final class SshConnections implements AutoCloseable {
    /**
     * How many signatures may wait for a person at once. An agent answers one question after the
     * other.
     */
    private static final int SIGNERS = 8;

    private static final int ASKERS = 16;
    private static final long IDLE_SECONDS = 10;

    static {
        JdkEd25519.install();
    }

    private final SshSettings settings;
    private final HostNames names;
    private final Passphrases passphrases;
    private final ExecutorService threads =
            Executors.newCachedThreadPool(Daemons.numbered("ssh-stdin"));
    private final ExecutorService signers = pool("ssh-login", SIGNERS);
    private final ExecutorService askers = pool("ssh-agent", ASKERS);
    private final LoginOptions options;

    // Mutable state, guarded by this: made with the first connection
    private WorkerClient client;
    private SshConfig config;
    private FileTimes configTimes;
    private boolean closed;

    /** Reads and starts nothing before the first connection. */
    public SshConnections(SshSettings settings) {
        this(settings, InetAddress::getAllByName);
    }

    SshConnections(SshSettings settings, HostNames names) {
        this.settings = settings;
        this.names = names;
        this.passphrases = new Passphrases(settings.prompt());
        this.options = new LoginOptions(settings, passphrases, askers);
    }

    /** A pool with at most this many threads, none of which idles. Further work waits. */
    private static ExecutorService pool(String name, int most) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        most,
                        most,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Daemons.numbered(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Connects as {@link #open(Destination, Deadlines, Optional, Set)} does, with any key. */
    public SshSession open(
            Destination destination, Deadlines deadlines, Optional<GuardPolicy> guard) {
        return open(destination, deadlines, guard, Set.of());
    }

    /**
     * Connects to a worker and logs in.
     *
     * @param guard the policy for the user's agent; empty where the worker gets no agent
     * @param forHosts fingerprints of keys that must not log in, because workers may see them
     * @throws WorkerUnreachableException for every error: it concerns this worker only
     */
    public SshSession open(
            Destination destination,
            Deadlines deadlines,
            Optional<GuardPolicy> guard,
            Set<String> forHosts) {
        try {
            return connect(destination, deadlines, guard, forHosts);
        } catch (ConfigurationException e) {
            String label = LoginPath.label(destination);
            String told = String.valueOf(e.getMessage());
            throw new WorkerUnreachableException(
                    Cause.CONFIGURATION, told.startsWith(label) ? told : label + ": " + told, e);
        } catch (WorkerUnreachableException e) {
            throw e;
        } catch (RuntimeException e) { // whatever a library stumbles over, the others go on
            throw new WorkerUnreachableException(
                    Cause.CONNECT,
                    LoginPath.label(destination)
                            + ": no connection: "
                            + WorkerUnreachableException.words(e),
                    e);
        }
    }

    private SshSession connect(
            Destination destination,
            Deadlines deadlines,
            Optional<GuardPolicy> guard,
            Set<String> forHosts) {
        WorkerClient started = start();
        LoginPath path = LoginPath.to(destination, config());
        refuseRoot(path.worker());
        Optional<Way> way = settings.kept().map(kept -> way(path));
        Optional<SshSession> again = way.flatMap(to -> again(to, path, deadlines, guard, forHosts));
        if (again.isPresent()) {
            return again.get();
        }
        Deque<ClientSession> sessions = new ArrayDeque<>();
        try {
            for (Hop jump : path.jumps()) {
                LoginSteps steps =
                        steps(
                                started,
                                jump,
                                options.logins(jump, Optional.empty(), forHosts),
                                deadlines);
                sessions.addLast(steps.run(sessions.peekLast()));
            }
            Supplier<Login> logins = options.logins(path.worker(), guard, forHosts);
            LoginSteps steps =
                    steps(started, path.worker(), () -> forCommand(logins.get()), deadlines);
            sessions.addLast(steps.run(sessions.peekLast()));
            return new SshSession(
                    List.copyOf(sessions), steps.login(), deadlines, threads, keeper(way));
        } catch (RuntimeException e) {
            sessions.forEach(session -> session.close(true));
            throw e;
        }
    }

    private Way way(LoginPath path) {
        return new Way(
                path.worker().label(),
                path.hops().stream().map(Hop::resolved).toList(),
                settings.files(),
                settings.keepAliveInterval(),
                settings.keepAliveMax(),
                settings.keyExchanges());
    }

    private Optional<Consumer<Kept>> keeper(Optional<Way> way) {
        return way.map(to -> ended -> settings.kept().orElseThrow().give(to, ended));
    }

    /**
     * A connection that an earlier run has left, if this one would log in with the same keys, the
     * host keys are still known, and it still stands. Others are closed.
     */
    private Optional<SshSession> again(
            Way way,
            LoginPath path,
            Deadlines deadlines,
            Optional<GuardPolicy> guard,
            Set<String> forHosts) {
        KeptConnections kept = settings.kept().orElseThrow();
        for (Optional<Kept> next = kept.take(way); next.isPresent(); next = kept.take(way)) {
            Kept found = next.get();
            boolean fits = false;
            try {
                Login login = options.logins(path.worker(), guard, forHosts).get();
                fits =
                        found.isOpen()
                                && login.wouldDoTheSame(found.login())
                                && areKnown(found, path, forHosts)
                                && kept.isAlive(found.worker());
                if (fits) {
                    found.login().lend(login.guard());
                    return Optional.of(
                            new SshSession(
                                    found.hops(),
                                    found.login(),
                                    deadlines,
                                    threads,
                                    keeper(Optional.of(way))));
                }
            } finally {
                if (!fits) {
                    found.close();
                }
            }
        }
        return Optional.empty();
    }

    /** Whether the keys that the machines of a connection have shown would be accepted now. */
    private boolean areKnown(Kept found, LoginPath path, Set<String> forHosts) {
        List<Hop> hops = path.hops();
        for (int i = 0; i < hops.size(); i++) {
            Login login = options.logins(hops.get(i), Optional.empty(), forHosts).get();
            ClientSession session = found.hops().get(i);
            login.goesTo(Login.of(session).address());
            if (!login.accepts(session.getServerKey())) {
                return false;
            }
        }
        return true;
    }

    private static void refuseRoot(Hop worker) {
        if (worker.resolved().user().equals("root")) {
            throw new ConfigurationException(
                    worker.machine()
                            + ": jet-fanout never logs in as root. Name another user (user in"
                            + " workers.yml, jet_ssh_user, or User in ssh_config)");
        }
    }

    private LoginSteps steps(
            WorkerClient started, Hop hop, Supplier<Login> logins, Deadlines deadlines) {
        return new LoginSteps(started, hop, logins, names, passphrases, deadlines);
    }

    private static Login forCommand(Login login) {
        login.firstChannel().expectCommand();
        return login;
    }

    /**
     * The machines that a login passes, the worker last, according to ssh_config. Nothing is
     * started.
     */
    List<Resolved> machines(Destination destination) {
        return LoginPath.to(destination, config()).hops().stream().map(Hop::resolved).toList();
    }

    /**
     * Which of these keys the agent for a worker lacks. Of keys {@link
     * ShownKeys.Kind#LISTED_BUT_LOGIN} it needs one.
     *
     * @return fingerprints or comments, as the keys are named
     * @throws WorkerUnreachableException if there is no agent, or it does not answer
     */
    public List<String> lacks(Destination destination, ShownKeys keys) {
        if (keys.keys().isEmpty()) {
            return List.of();
        }
        String label = LoginPath.label(destination);
        try {
            Optional<UserSshAgent> agent =
                    LoginPath.to(destination, config())
                            .worker()
                            .resolved()
                            .agent(settings.files().agentSocket())
                            .map(UserSshAgent::new);
            List<HeldKey> held = agent.isPresent() ? agent.get().keys() : List.of();
            List<String> missing =
                    keys.keys().stream()
                            .filter(
                                    key ->
                                            held.stream()
                                                    .noneMatch(
                                                            one ->
                                                                    key.equals(one.comment())
                                                                            || key.equals(
                                                                                    one.blob()
                                                                                            .fingerprint())))
                            .toList();
            boolean one = keys.kind() == ShownKeys.Kind.LISTED_BUT_LOGIN;
            return one && missing.size() < keys.keys().size() ? List.of() : missing;
        } catch (IOException e) {
            throw new WorkerUnreachableException(
                    Cause.AUTHENTICATION,
                    label
                            + ": the ssh-agent does not answer: "
                            + WorkerUnreachableException.words(e),
                    e);
        } catch (ConfigurationException e) {
            throw new WorkerUnreachableException(Cause.CONFIGURATION, e.getMessage(), e);
        }
    }

    /** Resolves many machines at the same time, where ssh must be asked about them. */
    void lookUp(Collection<Destination> machines) {
        if (!config().asks()) {
            return;
        }
        ExecutorService asking =
                Executors.newFixedThreadPool(OpenSsh.AT_ONCE, Daemons.numbered("ssh-config"));
        try {
            List<Callable<List<Resolved>>> questions = new ArrayList<>();
            machines.forEach(machine -> questions.add(() -> machines(machine)));
            asking.invokeAll(questions); // who needs an answer that failed hears of that then
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            asking.shutdownNow();
        }
    }

    /** Closes all connections. Commands that run continue, as with ssh. */
    @Override
    public synchronized void close() {
        closed = true;
        if (client != null && settings.kept().isEmpty()) {
            client.stop();
        }
        client = null;
        threads.shutdownNow();
        signers.shutdownNow();
        askers.shutdownNow();
    }

    /**
     * Makes what all connections share while other work goes on, so that the first one need not
     * wait for it. Where that fails, the first connection will say why.
     */
    public void prepare() {
        Daemons.start(
                "ssh client",
                () -> {
                    try {
                        start();
                    } catch (RuntimeException e) {
                        // the first connection fails in the same way
                    }
                });
    }

    private synchronized WorkerClient start() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        if (client == null) {
            client =
                    settings.kept()
                            .map(kept -> kept.client(settings, options.usual()))
                            .orElseGet(
                                    () -> WorkerClient.start(settings, options.usual(), signers));
        }
        return client;
    }

    /**
     * Lets the next connection read ssh_config and known_hosts again, if these were changed since:
     * for a process that stays.
     */
    public void noticeChanges() {
        synchronized (this) {
            if (config != null && !configTimes.areStill()) {
                config = null;
            }
        }
        options.noticeChanges();
    }

    private synchronized SshConfig config() {
        if (config == null) {
            List<Path> files = settings.files().configs();
            FileTimes before = FileTimes.of(files);
            config = SshConfig.read(files);
            List<Path> all = new ArrayList<>(files);
            all.addAll(config.paths());
            // where one is changed while they are read, the next connection reads them again
            configTimes = before.areStill() ? FileTimes.of(all) : before;
        }
        return config;
    }
}
