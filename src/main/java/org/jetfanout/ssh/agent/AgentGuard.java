package org.jetfanout.ssh.agent;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jetfanout.ssh.agent.UserSshAgent.HeldKey;
import org.jetfanout.ssh.keys.KeyBlob;
import org.jetfanout.text.Quoted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between a worker and the user's agent during one session. It answers two requests: list
 * the keys (only those meant for hosts), and sign a login (with a name that the run uses). It
 * refuses everything else: adding, removing, locking, extensions, and signing data that is not an
 * SSH login.
 *
 * <p>It answers one request after the other, on a thread that it borrows. So an agent that waits
 * for a person delays this worker only. Thread-safe.
 */
public final class AgentGuard {
    private static final Logger LOG = LoggerFactory.getLogger(AgentGuard.class);

    /** A person may have to confirm a signature; sshd gives up on a login after two minutes. */
    private static final Duration SIGN_DEADLINE = Duration.ofMinutes(2);

    /** OpenSSH's client tells each agent where it logs in, and needs no answer. */
    private static final int EXTENSION = 27;

    /** As many hosts as a worker's runner may log in to at the same time. */
    private static final int MAX_CHANNELS = 1024;

    /** How many bytes of requests and answers are kept for a worker at a time. */
    static final int MAX_HELD = 4 << 20;

    private static final byte[] REFUSED = {UserSshAgent.FAILURE};

    private final GuardPolicy policy;
    private final UserSshAgent agent;
    private final Executor threads;
    private final Clock clock;
    private final Set<String> loginKeys = ConcurrentHashMap.newKeySet();

    // Mutable state, guarded by questions
    private final Queue<Runnable> questions = new ArrayDeque<>();
    private final Set<Runnable> channels = new LinkedHashSet<>();
    private boolean busy;
    private boolean ended;
    private int held;

    /**
     * @param threads gives a thread while there are requests
     */
    public AgentGuard(GuardPolicy policy, UserSshAgent agent, Executor threads, Clock clock) {
        this.policy = policy;
        this.agent = agent;
        this.threads = threads;
        this.clock = clock;
    }

    /** Called before a key logs in to the worker of this session. */
    public void loginWith(String fingerprint) {
        loginKeys.add(fingerprint);
    }

    /**
     * Whether one more channel may open. Each channel that did must call {@link #left}.
     *
     * @param close closes the channel; called when the guard ends
     */
    boolean enter(Runnable close) {
        synchronized (questions) {
            return !ended && channels.size() < MAX_CHANNELS && channels.add(close);
        }
    }

    /** A channel has closed. */
    void left(Runnable close) {
        synchronized (questions) {
            channels.remove(close);
        }
    }

    /** Whether this many bytes more may be kept for this worker. They must be {@link #released}. */
    boolean hold(int bytes) {
        synchronized (questions) {
            boolean fits = held + bytes <= MAX_HELD;
            held += fits ? bytes : 0;
            return fits;
        }
    }

    /** This many bytes are no longer kept. */
    void released(int bytes) {
        synchronized (questions) {
            held -= bytes;
        }
    }

    /** Answers nothing any more, and closes what is open. */
    public void end() {
        List<Runnable> open;
        synchronized (questions) {
            ended = true;
            questions.clear();
            open = new ArrayList<>(channels);
            channels.clear();
        }
        open.forEach(Runnable::run);
    }

    private boolean isEnded() {
        synchronized (questions) {
            return ended;
        }
    }

    /** Answers later, on another thread. A channel has one request at a time. */
    void submit(Runnable question) {
        synchronized (questions) {
            if (ended) {
                return;
            }
            questions.add(question);
            if (busy) {
                return;
            }
            busy = true;
        }
        threads.execute(this::work);
    }

    private void work() {
        for (; ; ) {
            Runnable question;
            synchronized (questions) {
                question = questions.poll();
                if (question == null) {
                    busy = false;
                    return;
                }
            }
            try {
                question.run();
            } catch (RuntimeException e) {
                log("a request to the ssh-agent failed: " + e);
            }
        }
    }

    /** The answer to a request, both without their length. It waits for the agent. */
    byte[] answer(byte[] request) {
        if (!policy.budget().request()) {
            close("more than " + policy.budget().mostRequests() + " requests");
            return REFUSED;
        }
        try {
            int type = request.length == 0 ? -1 : request[0];
            return switch (type) {
                case UserSshAgent.REQUEST_IDENTITIES -> list();
                case UserSshAgent.SIGN_REQUEST -> sign(request);
                case EXTENSION -> REFUSED;
                default -> {
                    refuse("request of type " + type);
                    yield REFUSED;
                }
            };
        } catch (RuntimeException e) { // malformed, no record: no answer
            refuse("a request: " + e.getMessage());
            return REFUSED;
        }
    }

    private byte[] list() {
        List<HeldKey> shown;
        try {
            shown = agent.keys().stream().filter(this::allows).toList();
        } catch (IOException e) {
            silent(e);
            return REFUSED;
        }
        if (shown.isEmpty()) {
            trouble(
                    "the ssh-agent has no key for hosts: it is locked, or the key was not added"
                            + " or was removed");
        }
        ByteArrayBuffer reply = new ByteArrayBuffer();
        reply.putByte((byte) UserSshAgent.IDENTITIES_ANSWER);
        reply.putUInt(shown.size());
        for (HeldKey key : shown) {
            reply.putBytes(key.blob().bytes());
            reply.putString(key.comment());
        }
        return reply.getCompactData();
    }

    private byte[] sign(byte[] request) {
        ByteArrayBuffer in = new ByteArrayBuffer(request);
        in.getByte();
        KeyBlob key = KeyBlob.of(in.getBytes());
        byte[] data = in.getBytes();
        long flags = in.available() >= Integer.BYTES ? in.getUInt() : 0;

        Optional<LoginRequest> login =
                LoginRequest.parse(data).filter(wanted -> wanted.key().equals(key));
        byte[] reply = REFUSED;
        if (login.isEmpty()) {
            refuse("to sign data that is not an SSH login, with " + key.fingerprint());
        } else if (!policy.logins().isEmpty() && !policy.logins().contains(login.get().user())) {
            refuse("a login as " + Quoted.excerpt(login.get().user()));
            trouble(
                    "the agent guard does not sign logins as '"
                            + Quoted.excerpt(login.get().user())
                            + "': the run does not use this name. To allow it, add it to"
                            + " agent_users in workers.yml");
        } else {
            reply = signed(key, data, flags);
        }
        boolean signed = reply.length > 0 && reply[0] == UserSshAgent.SIGN_RESPONSE;
        policy.signatures()
                .accept(
                        new Signature(
                                policy.guid(),
                                policy.worker(),
                                key.fingerprint(),
                                login.map(LoginRequest::user).orElse(""),
                                login.map(LoginRequest::hostKey).orElse(""),
                                signed,
                                clock.instant()));
        return signed ? reply : REFUSED;
    }

    private byte[] signed(KeyBlob key, byte[] data, long flags) {
        try {
            // asked each time: keys come and go, and only the agent knows their comments
            boolean allowed =
                    agent.keys().stream()
                            .anyMatch(known -> known.blob().equals(key) && allows(known));
            if (!allowed) {
                refuse("the use of key " + key.fingerprint());
                return REFUSED;
            }
            if (isEnded()) {
                return REFUSED; // the job has ended while the agent thought
            }
            if (!policy.budget().signature()) {
                close("more than " + policy.budget().mostSignatures() + " signatures");
                return REFUSED;
            }
            byte[] reply =
                    agent.ask(UserSshAgent.signRequest(key.bytes(), data, flags), SIGN_DEADLINE);
            if (reply[0] != UserSshAgent.SIGN_RESPONSE) {
                trouble("the ssh-agent refused to sign with " + key.fingerprint());
            }
            return reply;
        } catch (IOException e) {
            silent(e);
            return REFUSED;
        }
    }

    private boolean allows(HeldKey key) {
        String fingerprint = key.blob().fingerprint();
        boolean own = policy.keys().areButLogin() && loginKeys.contains(fingerprint);
        return !own && policy.keys().has(fingerprint, key.comment());
    }

    private void silent(IOException e) {
        trouble("the ssh-agent on the control machine does not answer (" + reason(e) + ")");
    }

    private static String reason(IOException e) {
        return Quoted.excerpt(
                e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }

    /** Reports a reason once. */
    private void trouble(String reason) {
        if (policy.budget().tell(reason)) {
            policy.trouble().accept(reason);
        }
    }

    private void close(String why) {
        trouble(
                "the agent guard is closed: the worker requested "
                        + why
                        + ", more than any run needs");
        end();
    }

    private void refuse(String what) {
        log("agent guard refused " + what);
        if (!policy.budget().refusal()) {
            close(GuardBudget.MOST_REFUSALS + " forbidden operations");
        }
    }

    private void log(String line) {
        switch (policy.budget().line()) {
            case YES -> LOG.warn("worker {}: {}", policy.worker(), line);
            case LAST ->
                    LOG.warn(
                            "worker {}: {}; further requests are not logged",
                            policy.worker(),
                            line);
            case NO -> {}
        }
    }
}
