package org.jetfanout.ssh;

import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.session.SessionContext;
import org.jetfanout.ssh.Identities.Candidates;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.agent.AgentGuard;
import org.jetfanout.ssh.agent.LoginRequest;
import org.jetfanout.ssh.hostkeys.HostKeys;
import org.jetfanout.ssh.hostkeys.HostKeys.Decision;
import org.jetfanout.ssh.keys.KeyBlob;
import org.jetfanout.text.Quoted;

/**
 * One login, from the connect to the end of its session: what it may use, and its result. It
 * belongs to a MINA session. The threads of the session report to it, and the thread that waits for
 * the login reads it. Thread-safe.
 */
final class Login {
    private static final AttributeKey<Login> KEY = new AttributeKey<>();

    private final String machine;
    private final HostKeys hostKeys;
    private final Algorithms algorithms;
    private final Candidates candidates;
    private final ProvenKeys proven;
    private final CompletableFuture<Void> keyExchanged = new CompletableFuture<>();
    private final CompletableFuture<Void> extensions = new CompletableFuture<>();
    private final FirstChannel firstChannel = new FirstChannel();
    private final Queue<String> offered = new ConcurrentLinkedQueue<>();

    // Mutable state: each is set once or overwritten as a whole
    private volatile Optional<AgentGuard> guard;
    private volatile WorkerUnreachableException refusal;
    private volatile Throwable failure;
    private volatile Identity signedWith;
    private volatile InetSocketAddress address;
    private volatile Optional<Duration> keepalive = Optional.empty();
    private volatile ClientSession session;
    private volatile String goodbye = "";
    private volatile String firstWords = "";
    private volatile String noCommon = "";
    private volatile String methods = "";
    private volatile String methodsLeft = "";

    /**
     * @param machine its name in messages: {@code worker w1 (127.0.0.2:2222)}
     * @param proven keys that have logged in to other machines
     */
    Login(
            String machine,
            HostKeys hostKeys,
            Algorithms algorithms,
            Candidates candidates,
            ProvenKeys proven,
            Optional<AgentGuard> guard) {
        this.machine = machine;
        this.hostKeys = hostKeys;
        this.algorithms = algorithms;
        this.candidates = candidates;
        this.proven = proven;
        this.guard = guard;
    }

    /** The login to which a session belongs. */
    static Login of(SessionContext session) {
        return ((ClientSession) session).getConnectionContext().getAttribute(KEY);
    }

    /** The login to which a session belongs that is just being made. */
    static Login of(IoSession connection) {
        AttributeRepository context =
                (AttributeRepository) connection.getAttribute(AttributeRepository.class);
        return context.getAttribute(KEY);
    }

    /** What MINA carries along with the connection. */
    AttributeRepository context() {
        return AttributeRepository.ofKeyValuePair(KEY, this);
    }

    /** The address of the connection, with the name that the host's certificate must have. */
    InetSocketAddress address() {
        return address;
    }

    /** Silence after which the connection is probed; empty for that of the settings. */
    Optional<Duration> keepalive() {
        return keepalive;
    }

    void keepsAlive(Optional<Duration> silence) {
        keepalive = silence;
    }

    void goesTo(InetSocketAddress target) {
        address = target;
    }

    /** MINA's session for it; null while there is none. */
    ClientSession session() {
        return session;
    }

    void storeSession(ClientSession opened) {
        session = opened;
    }

    /** The server's message when it closed the connection; empty if there was none. */
    String goodbye() {
        return goodbye;
    }

    /** Keeps the server's message. Only the first counts, because others follow from it. */
    synchronized void saysGoodbye(String text) {
        goodbye = goodbye.isEmpty() ? text : goodbye;
    }

    /** The server's text before its version. */
    String firstWords() {
        return firstWords;
    }

    void saysFirst(String text) {
        firstWords = text;
    }

    /**
     * The kind of algorithm that both sides do not have in common; empty unless that is the error.
     */
    String noCommon() {
        return noCommon;
    }

    void hasNoCommon(String text) {
        noCommon = text;
    }

    /**
     * Notes how the server wants users to log in. It says so with each refusal.
     *
     * @param partial whether it accepted our key and wants one of these in addition
     */
    void hearsMethods(String names, boolean partial) {
        methods = names;
        if (partial) {
            methodsLeft = names;
        }
    }

    HostKeys hostKeys() {
        return hostKeys;
    }

    Algorithms algorithms() {
        return algorithms;
    }

    Candidates candidates() {
        return candidates;
    }

    Optional<AgentGuard> guard() {
        return guard;
    }

    /** Whether it would use the same keys in the same order, among them the one that logged in. */
    boolean wouldDoTheSame(Login earlier) {
        List<KeyBlob> keys = candidates.keys().stream().map(Identity::key).toList();
        return keys.equals(earlier.candidates.keys().stream().map(Identity::key).toList())
                && keys.contains(earlier.signedWith().key());
    }

    /**
     * Another run uses the connection, with a guard of its own: what the worker asks from now on is
     * answered by that guard.
     */
    void lend(Optional<AgentGuard> other) {
        other.ifPresent(g -> g.loginWith(signedWith.key().fingerprint()));
        guard = other;
    }

    /** No run uses the connection: whatever the worker asks is refused. */
    void takeBack() {
        guard.ifPresent(AgentGuard::end);
        guard = Optional.empty();
    }

    /** Done when both sides share keys, or when that has become impossible. */
    CompletableFuture<Void> keyExchanged() {
        return keyExchanged;
    }

    /**
     * Done when the server has said which extensions it has, such as logins that are bound to its
     * key, or when it is certain that it does not say so.
     */
    CompletableFuture<Void> extensions() {
        return extensions;
    }

    /**
     * Whether a key signs at once. To ask first whether it would be accepted takes a round trip.
     * That is for keys of which we do not know more, and for those that ask a person.
     */
    boolean signsAtOnce(Identity identity) {
        KeyBlob key = identity.key();
        boolean likely = candidates.likely().filter(key::equals).isPresent();
        return (likely || proven.has(key)) && !identity.asksPerson();
    }

    /** Called when the server has accepted the login. */
    void succeeds() {
        if (signedWith != null) {
            proven.add(signedWith.key());
        }
    }

    FirstChannel firstChannel() {
        return firstChannel;
    }

    void offers(Identity identity) {
        offered.add(identity.key().fingerprint() + " (" + identity.origin() + ")");
    }

    void cannotSign(Identity identity, String why) {
        offered.add(identity.key().fingerprint() + " could not sign: " + why);
    }

    /** Called before the signed login is sent. */
    void signs(Identity identity) {
        guard.ifPresent(g -> g.loginWith(identity.key().fingerprint()));
        signedWith = identity;
    }

    /** The key that logged in; null before that. */
    Identity signedWith() {
        return signedWith;
    }

    /** Notes an error. Only the first counts, because it causes the others. */
    synchronized void fails(Throwable trouble) {
        if (failure == null) {
            failure = trouble;
        }
    }

    Throwable failure() {
        return failure;
    }

    /** Why jet-fanout itself ended the login; null if it did not. */
    WorkerUnreachableException refusal() {
        return refusal;
    }

    /** Judges the server's key. A refusal is kept, with what the user can do about it. */
    boolean accepts(PublicKey shown) {
        int bits = HostKeys.plainKey(shown).rsaBits();
        if (bits < algorithms.rsaBits()) {
            refusal =
                    exception(
                            Cause.KEY_EXCHANGE,
                            "its host key has "
                                    + bits
                                    + " bits, but RequiredRSASize of ssh_config requires "
                                    + algorithms.rsaBits(),
                            null);
            return false;
        }
        Decision decision = hostKeys.judge(shown, algorithms.authorities());
        String key = HostKeys.plainKey(shown).toString();
        switch (decision.verdict()) {
            case KNOWN -> {
                return true;
            }
            case UNKNOWN ->
                    refusal =
                            exception(
                                    Cause.HOST_KEY_UNKNOWN,
                                    "host key unknown: "
                                            + key
                                            + ". Check this fingerprint on the machine itself,"
                                            + " then add this line to known_hosts: "
                                            + hostKeys.lineFor(shown),
                                    null);
            case CHANGED ->
                    refusal =
                            exception(
                                    Cause.HOST_KEY_CHANGED,
                                    "HOST KEY HAS CHANGED: the machine presents "
                                            + key
                                            + ", but known_hosts has "
                                            + where(decision)
                                            + ". This can be an attack (machine in the middle)."
                                            + " If somebody reinstalled the machine, replace that"
                                            + " line with: "
                                            + hostKeys.lineFor(shown),
                                    null);
            case REVOKED ->
                    refusal =
                            exception(
                                    Cause.HOST_KEY_REVOKED,
                                    "HOST KEY IS REVOKED: " + key + " by " + where(decision),
                                    null);
        }
        return false;
    }

    private static String where(Decision decision) {
        return decision.line().key()
                + " ("
                + decision.line().file()
                + ":"
                + decision.line().line()
                + ")";
    }

    /**
     * The error where the server accepted no key: it names the keys that were offered, and those
     * that could not be.
     */
    WorkerUnreachableException noKeyAccepted(String user, Throwable cause) {
        if (!methodsLeft.isEmpty()) {
            return exception(
                    Cause.AUTHENTICATION,
                    "the key of user "
                            + user
                            + " was accepted, but its sshd requires a second factor ("
                            + Quoted.excerpt(methodsLeft)
                            + "), which jet-fanout cannot provide: allow this login with a key"
                            + " alone (AuthenticationMethods publickey)",
                    cause);
        }
        if (!methods.isEmpty() && !takesKeys()) {
            return exception(
                    Cause.AUTHENTICATION,
                    "its sshd offers user "
                            + user
                            + " only these login methods: "
                            + Quoted.excerpt(methods)
                            + ", but jet-fanout logs in with a key",
                    cause);
        }
        StringBuilder text = new StringBuilder("no key accepted for user " + user);
        text.append(": ");
        if (offered.isEmpty()) {
            text.append("there was no key to offer");
        } else {
            text.append("offered ").append(String.join(", ", offered));
        }
        if (!candidates.troubles().isEmpty()) {
            text.append("; not used: ").append(String.join("; ", candidates.troubles()));
        }
        if (offered.size() < candidates.keys().size() && !offered.isEmpty()) {
            text.append(
                            "; the server closed the connection before jet-fanout had tried all"
                                    + " keys (MaxAuthTries of its sshd):")
                    .append(" name the right key with IdentityFile");
        }
        return exception(Cause.AUTHENTICATION, text.toString(), cause);
    }

    private boolean takesKeys() {
        return Arrays.asList(methods.split(",", -1)).contains(LoginRequest.PUBLIC_KEY);
    }

    WorkerUnreachableException exception(Cause reason, String text, Throwable cause) {
        return new WorkerUnreachableException(reason, machine + ": " + text, cause);
    }

    /** The login as text for the log. */
    @Override
    public String toString() {
        return machine + List.copyOf(offered);
    }
}
