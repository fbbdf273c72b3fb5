package org.jetfanout.ssh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.forward.ExplicitPortForwardingTracker;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.session.helpers.MissingAttachedSessionException;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.config.SshConfig.Resolved;
import org.jetfanout.text.Quoted;

/**
 * The steps of a login to one machine: connect, agree on keys, authenticate. Each has its own
 * deadline and errors. For one thread.
 */
final class LoginSteps {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final WorkerClient client;
    private final Hop hop;
    private final Supplier<Login> logins;
    private final HostNames names;
    private final Passphrases passphrases;
    private final Deadlines deadlines;

    // Mutable state: the login to the address that is being tried
    private Login login;

    /**
     * @param logins makes a login for each address of the machine
     * @param passphrases measures how long users take to type
     */
    LoginSteps(
            WorkerClient client,
            Hop hop,
            Supplier<Login> logins,
            HostNames names,
            Passphrases passphrases,
            Deadlines deadlines) {
        this.client = client;
        this.hop = hop;
        this.logins = logins;
        this.names = names;
        this.passphrases = passphrases;
        this.deadlines = deadlines;
        this.login = logins.get();
    }

    /**
     * Logs in.
     *
     * @param through the session of the previous hop; null for a direct connection
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
            throw login.exception(Cause.JUMP_HOST, "no connection through the jump host", e);
        }
    }

    /** The login to the address that was reached or tried last. */
    Login login() {
        return login;
    }

    /**
     * The error of a jump host. A jump host that refuses to connect us just closes the connection,
     * so it is asked for the reason.
     */
    private WorkerUnreachableException ofJumpHost(
            ClientSession through, SshdSocketAddress target, WorkerUnreachableException told) {
        if (told.reason() != Cause.CONNECT || !through.isOpen()) {
            return told;
        }
        try {
            ChannelDirectTcpip channel =
                    through.createDirectTcpipChannel(new SshdSocketAddress("127.0.0.1", 0), target);
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
                    "the jump host does not allow forwarding to the worker (AllowTcpForwarding,"
                            + " PermitOpen of its sshd): "
                            + Quoted.excerpt(said),
                    e);
        }
        return login.exception(
                Cause.CONNECT, "the jump host cannot connect to it: " + Quoted.excerpt(said), e);
    }

    /** Tries each address of the name. Each gets the full time. */
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

    /** All addresses to try, with the name that the host key must match. */
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
            throw login.exception(Cause.CONNECT, "unknown host name", e);
        }
        if (addresses.isEmpty()) {
            throw login.exception(
                    Cause.CONFIGURATION,
                    "it has no address of the family that AddressFamily of ssh_config requires",
                    null);
        }
        return addresses;
    }

    private Optional<InetSocketAddress> from(Resolved to) {
        if (to.bindAddress().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new InetSocketAddress(InetAddress.getByName(to.bindAddress()), 0));
        } catch (UnknownHostException e) {
            throw login.exception(
                    Cause.CONFIGURATION,
                    "BindAddress of ssh_config is not an address of this machine: "
                            + Quoted.excerpt(to.bindAddress()),
                    e);
        }
    }

    /** Connects, and agrees on keys. */
    private ClientSession shakeHands(InetSocketAddress address, Optional<InetSocketAddress> from) {
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
            login.keepsAlive(deadlines.keepalive());
            ConnectFuture future = client.dial(hop.resolved().user(), address, from, login);
            if (!future.await(left(end))) {
                future.cancel();
                throw timeout("no connection within ", deadlines.connect());
            }
            if (future.getException() instanceof MissingAttachedSessionException
                    && login.session() != null) {
                // MINA drops a session that ends before it was handed out, but the session knows
                // what the server said
                return login.session();
            }
            if (future.getException() != null) {
                throw login.exception(
                        Cause.CONNECT,
                        WorkerUnreachableException.words(future.getException()),
                        future.getException());
            }
            return future.getSession();
        } catch (IOException e) {
            throw login.exception(Cause.CONNECT, WorkerUnreachableException.words(e), e);
        }
    }

    private ClientSession logIn(ClientSession session) {
        long start = System.nanoTime();
        try {
            awaitExtensions(start + deadlines.login().toNanos());
            AuthFuture future = session.auth();
            if (!awaitLogin(future, start)) {
                throw loginTimeout();
            }
            if (!future.isSuccess()) {
                throw loginFailure(future.getException());
            }
            login.succeeds();
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
                    ? timeout("connected, but no SSH server answers within ", deadlines.connect())
                    : timeout("key exchange not complete within ", deadlines.connect());
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

    /** Which login is sent depends on the server's extensions. They come with the keys. */
    private void awaitExtensions(long end) {
        try {
            login.extensions().get(left(end).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw loginTimeout();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw login.exception(Cause.TIMEOUT, "interrupted while logging in", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("completed with nothing only", e);
        }
    }

    private WorkerUnreachableException loginTimeout() {
        return timeout("login not complete within ", deadlines.login());
    }

    /** Waits for the login. The time that a user takes to type a passphrase does not count. */
    private boolean awaitLogin(AuthFuture future, long start) throws IOException {
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
                    "closed the connection during login: " + Quoted.excerpt(goodbye),
                    failure);
        }
        return login.exception(
                Cause.CONNECT,
                "connection lost during login: " + WorkerUnreachableException.words(failure),
                failure);
    }

    /** The server's message when it closed the connection. The login may get it first. */
    private String goodbye(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SshException e && e.getDisconnectCode() > 0) {
                return String.valueOf(e.getMessage());
            }
        }
        return login.goodbye();
    }

    /** The error where both sides did not agree on keys. */
    private WorkerUnreachableException refusalOr(ClientSession session, Throwable failure) {
        if (login.refusal() != null) {
            return login.refusal();
        }
        if (session.getServerVersion() == null) {
            String words = Quoted.excerpt(login.firstWords().strip());
            return login.exception(
                    Cause.CONNECT,
                    words.isEmpty()
                            ? "closed the connection before its greeting (perhaps too many logins"
                                    + " at once: see MaxStartups of its sshd)"
                            : "closed the connection with the message: " + words,
                    failure);
        }
        if (!login.noCommon().isEmpty()) {
            return login.exception(
                    Cause.KEY_EXCHANGE,
                    "key exchange failed: no common " + login.noCommon(),
                    failure);
        }
        String goodbye = goodbye(failure);
        String said =
                goodbye.isEmpty()
                        ? WorkerUnreachableException.words(failure)
                        : Quoted.excerpt(goodbye);
        return login.exception(Cause.CONNECT, "key exchange failed: " + said, failure);
    }

    private WorkerUnreachableException timeout(String text, Duration limit) {
        return login.exception(Cause.TIMEOUT, text + limit.toMillis() / 1000.0 + " s", null);
    }

    private Duration left(long end) {
        return Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
    }
}
