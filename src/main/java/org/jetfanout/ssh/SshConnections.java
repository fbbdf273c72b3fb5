package org.jetfanout.ssh;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.forward.ExplicitPortForwardingTracker;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.Identities.Candidates;
import org.jetfanout.ssh.SshConfig.Resolved;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;

/**
 * All SSH connections of a process: one MINA client, started with the first connection, with a
 * fixed number of threads for reading and writing; besides, a few that sign logins, and a few that
 * ask the user's agent for workers, however many workers there are. Only a stdin that must be
 * waited for has a thread of its own. Thread-safe.
 */
public final class SshConnections implements AutoCloseable {
    private static final int MAX_JUMPS = 10;

    /** An agent answers one question after the other; so many may wait for a person. */
    private static final int SIGNERS = 8;

    private static final int ASKERS = 16;
    private static final long IDLE_SECONDS = 10;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    static {
        JdkEd25519.install();
    }

    private final SshSettings settings;
    private final Names names;
    private final Passphrases passphrases;
    private final Identities identities;
    private final ExecutorService threads = Executors.newCachedThreadPool(daemons("ssh-stdin"));
    private final ExecutorService signers = lent("ssh-login", SIGNERS);
    private final ExecutorService askers = lent("ssh-agent", ASKERS);

    // Mutable state, guarded by this: made with the first connection
    private WorkerClient client;
    private SshConfig config;
    private boolean closed;

    // Mutable state: what was made already
    private final Map<List<Path>, KnownHosts> knownHosts = new ConcurrentHashMap<>();
    private final Map<AlgorithmWishes, Algorithms> algorithms = new ConcurrentHashMap<>();

    /** Finds the addresses of a name. */
    @FunctionalInterface
    interface Names {
        InetAddress[] all(String name) throws UnknownHostException;
    }

    /** Nothing is read or started before the first connection. */
    public SshConnections(SshSettings settings) {
        this(settings, InetAddress::getAllByName);
    }

    SshConnections(SshSettings settings, Names names) {
        this.settings = settings;
        this.names = names;
        this.passphrases = new Passphrases(settings.prompt());
        this.identities =
                new Identities(
                        settings.files().identityFiles(),
                        settings.files().defaultIdentityFiles(),
                        passphrases);
    }

    /** So many threads at most, and none that idles; what comes beyond them waits. */
    private static ExecutorService lent(String name, int most) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        most,
                        most,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        daemons(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private record Way(List<Hop> jumps, Hop worker) {}

    /** A machine on the way. */
    private record Hop(String label, Resolved resolved) {
        String machine() {
            String host = resolved.hostName();
            String shown = host.contains(":") ? "[" + host + "]" : host;
            return label + " (" + shown + ":" + resolved.port() + ")";
        }
    }

    /** {@link #open(Destination, Deadlines, Optional, Set)} with whatever key there is. */
    public SshSession open(
            Destination destination, Deadlines deadlines, Optional<GuardPolicy> guard) {
        return open(destination, deadlines, guard, Set.of());
    }

    /**
     * Connects to a worker and logs in.
     *
     * @param guard what the worker may do with the user's agent; empty: it gets no agent
     * @param forHosts fingerprints of keys that must not log in, since workers are shown them
     * @throws WorkerUnreachableException for everything that goes wrong: it concerns this worker
     *     only
     */
    public SshSession open(
            Destination destination,
            Deadlines deadlines,
            Optional<GuardPolicy> guard,
            Set<String> forHosts) {
        try {
            return connect(destination, deadlines, guard, forHosts);
        } catch (ConfigurationException e) {
            String label = label(destination);
            String told = String.valueOf(e.getMessage());
            throw new WorkerUnreachableException(
                    Cause.CONFIGURATION, told.startsWith(label) ? told : label + ": " + told, e);
        } catch (WorkerUnreachableException e) {
            throw e;
        } catch (RuntimeException e) { // whatever a library stumbles over, the others go on
            throw new WorkerUnreachableException(
                    Cause.CONNECT, label(destination) + ": no connection: " + words(e), e);
        }
    }

    private SshSession connect(
            Destination destination,
            Deadlines deadlines,
            Optional<GuardPolicy> guard,
            Set<String> forHosts) {
        WorkerClient started = start();
        Way way = way(destination);
        Hop worker = way.worker();
        if (worker.resolved().user().equals("root")) {
            throw new ConfigurationException(
                    worker.machine()
                            + ": refused to log in as root; name another user (in workers.yml, by"
                            + " jet_ssh_user, or User in ssh_config)");
        }
        Deque<ClientSession> sessions = new ArrayDeque<>();
        try {
            for (Hop jump : way.jumps()) {
                Supplier<Login> logins = logins(jump, Optional.empty(), forHosts);
                sessions.addLast(
                        new LoginSteps(started, jump, logins, deadlines).run(sessions.peekLast()));
            }
            LoginSteps steps =
                    new LoginSteps(started, worker, logins(worker, guard, forHosts), deadlines);
            sessions.addLast(steps.run(sessions.peekLast()));
            return new SshSession(List.copyOf(sessions), steps.login, deadlines, threads);
        } catch (RuntimeException e) {
            sessions.forEach(session -> session.close(true));
            throw e;
        }
    }

    /**
     * The machines that a login passes, the worker last, as ssh_config says; nothing is started.
     */
    List<Resolved> machines(Destination destination) {
        Way way = way(destination);
        return Stream.concat(way.jumps().stream(), Stream.of(way.worker()))
                .map(Hop::resolved)
                .toList();
    }

    /** Finds out about many machines side by side, where ssh has to be asked about them. */
    void lookUp(Collection<Destination> machines) {
        if (!config().asks()) {
            return;
        }
        ExecutorService asking =
                Executors.newFixedThreadPool(OpenSsh.AT_ONCE, daemons("ssh-config"));
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

    /** Closes all connections. Commands that run live on, as with ssh. */
    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.stop();
            client = null;
        }
        threads.shutdownNow();
        signers.shutdownNow();
        askers.shutdownNow();
    }

    private synchronized WorkerClient start() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        if (client == null) {
            client = WorkerClient.start(settings, algorithms(AlgorithmWishes.NONE), signers);
        }
        return client;
    }

    /** A jump that needs jumps itself brings them along. */
    private Way way(Destination destination) {
        String label = label(destination);
        Resolved resolved = config().resolve(destination);
        List<Hop> jumps = new ArrayList<>();
        addJumps(jumps, label, resolved, 0);
        return new Way(jumps, new Hop(label, resolved));
    }

    private static String label(Destination destination) {
        return "worker " + Printable.text(destination.name());
    }

    private void addJumps(List<Hop> way, String label, Resolved resolved, int depth) {
        if (depth > MAX_JUMPS || way.size() > MAX_JUMPS) {
            throw new ConfigurationException(label + ": ProxyJump goes round in circles");
        }
        boolean first = true;
        for (String text : resolved.jumps()) {
            Destination jump = jump(label, text);
            Resolved hop = config().resolve(jump);
            if (first) {
                addJumps(way, label, hop, depth + 1);
            }
            first = false;
            way.add(new Hop(label + ": jump host " + jump.name(), hop));
        }
    }

    /** {@code [user@]host[:port]}, also with {@code ssh://} before it. */
    private static Destination jump(String label, String text) {
        String rest = text.startsWith("ssh://") ? text.substring("ssh://".length()) : text;
        int at = rest.lastIndexOf('@');
        String user = at < 0 ? "" : rest.substring(0, at);
        HostAndPort target = HostAndPort.parse(rest.substring(at + 1), label + ": ProxyJump");
        return new Destination(target.host(), target.host(), target.port(), user);
    }

    private synchronized SshConfig config() {
        if (config == null) {
            config = SshConfig.read(settings.files().configs());
        }
        return config;
    }

    private Algorithms algorithms(AlgorithmWishes wishes) {
        return algorithms.computeIfAbsent(wishes, w -> Algorithms.of(settings.keyExchanges(), w));
    }

    /** What is known of a machine, in the files that ssh_config names for it, else in the usual. */
    private HostKeys hostKeys(Resolved resolved) {
        List<Path> files =
                settings.files().knownHosts(resolved.userKnownHosts(), resolved.globalKnownHosts());
        KnownHosts known = knownHosts.computeIfAbsent(files, KnownHosts::read);
        return resolved.alias()
                ? known.ofAlias(resolved.knownAs())
                : known.of(resolved.knownAs(), resolved.port());
    }

    /** A login to a machine, anew for each of its addresses. */
    private Supplier<Login> logins(Hop hop, Optional<GuardPolicy> policy, Set<String> forHosts) {
        Resolved resolved = hop.resolved();
        Optional<Agent> agent = resolved.agent(settings.files().agentSocket());
        Algorithms mayUse = algorithms(resolved.algorithms());
        Candidates candidates =
                identities
                        .of(
                                resolved.identityFiles(),
                                resolved.keysNamed(),
                                resolved.certificates(),
                                resolved.identitiesOnly(),
                                agent,
                                forHosts)
                        .within(mayUse);
        HostKeys known = hostKeys(resolved);
        Supplier<Login> logins =
                () -> new Login(hop.machine(), known, mayUse, candidates, guard(policy, agent));
        if (candidates.keys().isEmpty()) {
            String noAgent =
                    agent.isEmpty()
                            ? "no ssh-agent (SSH_AUTH_SOCK is not set)"
                            : "no key in the ssh-agent";
            String troubles =
                    candidates.troubles().isEmpty()
                            ? ""
                            : ": " + String.join("; ", candidates.troubles());
            throw logins.get()
                    .exception(
                            Cause.AUTHENTICATION,
                            noAgent + " and no identity file" + troubles,
                            null);
        }
        return logins;
    }

    private Optional<AgentGuard> guard(Optional<GuardPolicy> policy, Optional<Agent> agent) {
        return policy.flatMap(p -> agent.map(a -> new AgentGuard(p, a, askers, Clock.systemUTC())));
    }

    /** Connect, agree on keys, log in: each with its deadline and its own errors. */
    private final class LoginSteps {
        private final WorkerClient client;
        private final Hop hop;
        private final Supplier<Login> logins;
        private final Deadlines deadlines;

        // Mutable state: the login to the address that is tried
        private Login login;

        LoginSteps(WorkerClient client, Hop hop, Supplier<Login> logins, Deadlines deadlines) {
            this.client = client;
            this.hop = hop;
            this.logins = logins;
            this.deadlines = deadlines;
            this.login = logins.get();
        }

        /**
         * @param through the session of the hop before, null for a direct connection
         */
        ClientSession run(ClientSession through) {
            if (through == null) {
                return logIn(connect());
            }
            Resolved to = hop.resolved();
            SshdSocketAddress target = new SshdSocketAddress(to.hostName(), to.port());
            try (ExplicitPortForwardingTracker tunnel =
                    through.createLocalPortForwardingTracker(
                            new SshdSocketAddress("127.0.0.1", 0), target)) {
                InetAddress entrance = InetAddress.getByAddress(to.knownAs(), LOOPBACK);
                int port = tunnel.getBoundAddress().getPort();
                ClientSession session;
                try {
                    session = shakeHands(new InetSocketAddress(entrance, port), Optional.empty());
                } catch (WorkerUnreachableException e) {
                    throw ofJumpHost(through, target, e);
                }
                return logIn(session);
            } catch (IOException e) {
                throw login.exception(Cause.JUMP_HOST, "no way through the jump host", e);
            }
        }

        /** A jump host that lets us not through just hangs up: only when asked it says why. */
        private WorkerUnreachableException ofJumpHost(
                ClientSession through, SshdSocketAddress target, WorkerUnreachableException told) {
            if (told.reason() != Cause.CONNECT || !through.isOpen()) {
                return told;
            }
            try {
                ChannelDirectTcpip channel =
                        through.createDirectTcpipChannel(
                                new SshdSocketAddress("127.0.0.1", 0), target);
                try {
                    OpenFuture opened = channel.open();
                    if (opened.await(deadlines.connect())
                            && opened.getException() instanceof SshChannelOpenException e) {
                        return notThrough(e);
                    }
                } finally {
                    channel.close(true);
                }
            } catch (IOException e) {
                return told;
            }
            return told;
        }

        private WorkerUnreachableException notThrough(SshChannelOpenException e) {
            String said = String.valueOf(e.getMessage());
            if (e.getReasonCode() == SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED) {
                return login.exception(
                        Cause.JUMP_HOST,
                        "the jump host forbids to forward to it (AllowTcpForwarding, PermitOpen of"
                                + " its sshd): "
                                + Printable.text(said),
                        e);
            }
            return login.exception(
                    Cause.CONNECT, "not reached from the jump host: " + Printable.text(said), e);
        }

        /** Tries each address of the name; each has all of the time. */
        private ClientSession connect() {
            Resolved to = hop.resolved();
            List<InetSocketAddress> addresses = addresses(to);
            List<String> tried = new ArrayList<>();
            WorkerUnreachableException failure = null;
            for (InetSocketAddress address : addresses) {
                if (failure != null) {
                    login = logins.get();
                }
                try {
                    return shakeHands(address, from(to));
                } catch (WorkerUnreachableException e) {
                    if (e.reason() != Cause.CONNECT && e.reason() != Cause.TIMEOUT) {
                        throw e;
                    }
                    tried.add(
                            address.getAddress().getHostAddress()
                                    + ": "
                                    + e.getMessage().substring(hop.machine().length() + 2));
                    failure = e;
                }
            }
            throw tried.size() == 1
                    ? failure
                    : login.exception(failure.reason(), String.join("; ", tried), failure);
        }

        /** All addresses that may be tried, under the name for which the host key must hold. */
        private List<InetSocketAddress> addresses(Resolved to) {
            List<InetSocketAddress> addresses = new ArrayList<>();
            try {
                for (InetAddress address : names.all(to.hostName())) {
                    if (to.addresses().takes(address)) {
                        InetAddress named =
                                InetAddress.getByAddress(to.knownAs(), address.getAddress());
                        addresses.add(new InetSocketAddress(named, to.port()));
                    }
                }
            } catch (UnknownHostException e) {
                throw login.exception(Cause.CONNECT, "host name not known", e);
            }
            if (addresses.isEmpty()) {
                throw login.exception(
                        Cause.CONFIGURATION,
                        "it has no address of the kind that AddressFamily of ssh_config wants",
                        null);
            }
            return addresses;
        }

        private Optional<InetSocketAddress> from(Resolved to) {
            if (to.bindAddress().isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(
                        new InetSocketAddress(InetAddress.getByName(to.bindAddress()), 0));
            } catch (UnknownHostException e) {
                throw login.exception(
                        Cause.CONFIGURATION,
                        "BindAddress of ssh_config is no address of ours: "
                                + Printable.text(to.bindAddress()),
                        e);
            }
        }

        /** Connects, and agrees on keys. */
        private ClientSession shakeHands(
                InetSocketAddress address, Optional<InetSocketAddress> from) {
            long end = System.nanoTime() + deadlines.connect().toNanos();
            ClientSession session = dial(address, from, end);
            try {
                awaitKeys(session, end);
                return session;
            } catch (RuntimeException e) {
                session.close(true);
                throw e;
            }
        }

        private ClientSession dial(
                InetSocketAddress address, Optional<InetSocketAddress> from, long end) {
            try {
                ConnectFuture future = client.dial(hop.resolved().user(), address, from, login);
                if (!future.await(left(end))) {
                    future.cancel();
                    throw timeout("no connection within ", deadlines.connect());
                }
                if (future.getException() != null) {
                    throw login.exception(
                            Cause.CONNECT, words(future.getException()), future.getException());
                }
                return future.getSession();
            } catch (IOException e) {
                throw login.exception(Cause.CONNECT, words(e), e);
            }
        }

        private ClientSession logIn(ClientSession session) {
            try {
                AuthFuture future = session.auth();
                if (!awaitLogin(future)) {
                    throw timeout("not logged in within ", deadlines.login());
                }
                if (!future.isSuccess()) {
                    throw loginFailure(future.getException());
                }
                return session;
            } catch (IOException e) {
                session.close(true);
                throw refusalOr(session, e);
            } catch (RuntimeException e) {
                session.close(true);
                throw e;
            }
        }

        private void awaitKeys(ClientSession session, long end) {
            try {
                login.keyExchanged().get(left(end).toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw session.getServerVersion() == null
                        ? timeout(
                                "connected, but no SSH server answers within ", deadlines.connect())
                        : timeout("no agreement on keys within ", deadlines.connect());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw login.exception(Cause.TIMEOUT, "interrupted while connecting", e);
            } catch (ExecutionException e) {
                throw new IllegalStateException("completed with nothing only", e);
            }
            if (login.refusal() != null || session.isClosing()) {
                throw refusalOr(session, login.failure());
            }
        }

        /** A user who types a passphrase stops the clock. */
        private boolean awaitLogin(AuthFuture future) throws IOException {
            long start = System.nanoTime();
            long askedBefore = passphrases.nanosAsked();
            for (; ; ) {
                long asked = passphrases.nanosAsked() - askedBefore;
                long left = deadlines.login().toNanos() - (System.nanoTime() - start - asked);
                if (left <= 0) {
                    return false;
                }
                if (future.await(Duration.ofNanos(left))) {
                    return true;
                }
            }
        }

        private WorkerUnreachableException loginFailure(Throwable failure) {
            if (login.refusal() != null) {
                return login.refusal();
            }
            String said = String.valueOf(failure.getMessage());
            String goodbye = goodbye(failure);
            if (said.startsWith("No more auth")
                    || said.contains(PublicKeyLogin.NO_KEY_LEFT)
                    || goodbye.contains("authentication failures")) {
                return login.noKeyAccepted(hop.resolved().user(), failure);
            }
            if (!goodbye.isEmpty()) {
                return login.exception(
                        Cause.CONNECT,
                        "closed the connection during login: " + Printable.text(goodbye),
                        failure);
            }
            return login.exception(
                    Cause.CONNECT, "connection lost during login: " + words(failure), failure);
        }

        /** What the server said as it closed the connection: the login may hear of it first. */
        private String goodbye(Throwable failure) {
            for (Throwable t = failure; t != null; t = t.getCause()) {
                if (t instanceof SshException e && e.getDisconnectCode() > 0) {
                    return String.valueOf(e.getMessage());
                }
            }
            return login.goodbye();
        }

        /** Why there are no keys. */
        private WorkerUnreachableException refusalOr(ClientSession session, Throwable failure) {
            if (login.refusal() != null) {
                return login.refusal();
            }
            if (session.getServerVersion() == null) {
                String words = Printable.text(login.firstWords().strip());
                return login.exception(
                        Cause.CONNECT,
                        words.isEmpty()
                                ? "closed the connection before it said anything (too many logins"
                                        + " at once? see MaxStartups of its sshd)"
                                : "closed the connection with the words: " + words,
                        failure);
            }
            if (!login.noCommon().isEmpty()) {
                return login.exception(
                        Cause.KEY_EXCHANGE,
                        "no agreement on keys: no common " + login.noCommon(),
                        failure);
            }
            String goodbye = goodbye(failure);
            String said = goodbye.isEmpty() ? words(failure) : Printable.text(goodbye);
            return login.exception(Cause.CONNECT, "no agreement on keys: " + said, failure);
        }

        private WorkerUnreachableException timeout(String text, Duration limit) {
            return login.exception(Cause.TIMEOUT, text + limit.toMillis() / 1000.0 + " s", null);
        }

        private Duration left(long end) {
            return Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
        }
    }

    /** The plain words in an exception. */
    static String words(Throwable trouble) {
        Throwable root = trouble;
        while (root != null && root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        if (root == null) {
            return "connection closed";
        }
        String text =
                root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return root instanceof ConnectException && text.contains("refused")
                ? "connection refused"
                : Printable.text(text);
    }
}
