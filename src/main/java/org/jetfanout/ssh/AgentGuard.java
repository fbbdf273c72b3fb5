package org.jetfanout.ssh;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jetfanout.ssh.Agent.HeldKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker gets to talk to in place of the user's agent, for the length of one session. It
 * answers two questions: which keys are there (only those meant for hosts), and sign this login.
 * All else is refused: adding, removing, locking, extensions, and signing what is not an SSH login.
 *
 * <p>Questions are answered one after the other, on a thread that is borrowed for them: an agent
 * that waits for a person delays this worker alone. Thread-safe.
 */
final class AgentGuard {
    private static final Logger LOG = LoggerFactory.getLogger(AgentGuard.class);

    /** A person may have to confirm a signature; sshd gives up on a login after two minutes. */
    private static final Duration SIGN_DEADLINE = Duration.ofMinutes(2);

    /** A worker that goes on after so many refusals tries to break in, or to fill the disk. */
    private static final int MAX_REFUSALS = 1000;

    /** As many hosts as a worker's runner may log in to at the same time. */
    private static final int MAX_CHANNELS = 1024;

    private static final byte[] REFUSED = {Agent.FAILURE};

    private final GuardPolicy policy;
    private final Agent agent;
    private final Predicate<String> opensWorkers;
    private final Executor threads;
    private final Clock clock;

    // Mutable state, guarded by questions
    private final Queue<Runnable> questions = new ArrayDeque<>();
    private boolean busy;
    private boolean ended;
    private int channels;

    // Mutable state, of the thread that answers
    private int refusals;

    /**
     * @param opensWorkers tells of a fingerprint whether that key has logged in to a worker
     * @param threads lends a thread while there are questions
     */
    AgentGuard(
            GuardPolicy policy,
            Agent agent,
            Predicate<String> opensWorkers,
            Executor threads,
            Clock clock) {
        this.policy = policy;
        this.agent = agent;
        this.opensWorkers = opensWorkers;
        this.threads = threads;
        this.clock = clock;
    }

    /** Whether one more channel may open; each that did is to be {@link #left}. */
    boolean enter() {
        synchronized (questions) {
            if (ended || channels >= MAX_CHANNELS) {
                return false;
            }
            channels++;
            return true;
        }
    }

    /** A channel has closed. */
    void left() {
        synchronized (questions) {
            channels--;
        }
    }

    /** The session is over: nothing is answered any more. */
    void end() {
        synchronized (questions) {
            ended = true;
            questions.clear();
        }
    }

    /** Answers later, on another thread. */
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
                LOG.warn("worker {}: a question to the agent failed", policy.worker(), e);
            }
        }
    }

    /** The answer to a request; both without their length. Blocks while the agent thinks. */
    byte[] answer(byte[] request) {
        try {
            int type = request.length == 0 ? -1 : request[0];
            return switch (type) {
                case Agent.REQUEST_IDENTITIES -> list();
                case Agent.SIGN_REQUEST -> sign(request);
                default -> {
                    refuse("request of type " + type);
                    yield REFUSED;
                }
            };
        } catch (IOException | RuntimeException e) { // malformed, no agent, no record: no answer
            refuse("a request: " + e.getMessage());
            return REFUSED;
        }
    }

    private byte[] list() throws IOException {
        List<HeldKey> shown = agent.keys().stream().filter(this::allows).toList();
        ByteArrayBuffer reply = new ByteArrayBuffer();
        reply.putByte((byte) Agent.IDENTITIES_ANSWER);
        reply.putUInt(shown.size());
        for (HeldKey key : shown) {
            reply.putBytes(key.blob().bytes());
            reply.putString(key.comment());
        }
        return reply.getCompactData();
    }

    private byte[] sign(byte[] request) throws IOException {
        ByteArrayBuffer in = new ByteArrayBuffer(request);
        in.getByte();
        KeyBlob key = KeyBlob.of(in.getBytes());
        byte[] data = in.getBytes();
        long flags = in.available() >= Integer.BYTES ? in.getUInt() : 0;

        Optional<LoginRequest> login =
                LoginRequest.parse(data).filter(wanted -> wanted.key().equals(key));
        byte[] reply = REFUSED;
        if (login.isEmpty()) {
            refuse("to sign what is not an SSH login with " + key.fingerprint());
        } else if (!allowed(key)) {
            refuse("the use of key " + key.fingerprint());
        } else {
            reply = agent.ask(Agent.signRequest(key.bytes(), data, flags), SIGN_DEADLINE);
        }
        boolean signed = reply.length > 0 && reply[0] == Agent.SIGN_RESPONSE;
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

    private boolean allowed(KeyBlob key) throws IOException {
        // asked anew each time: keys come and go, and only the agent knows their comments
        return agent.keys().stream().anyMatch(held -> held.blob().equals(key) && allows(held));
    }

    private boolean allows(HeldKey key) {
        String fingerprint = key.blob().fingerprint();
        return policy.agentKeys().isEmpty()
                ? !opensWorkers.test(fingerprint)
                : policy.agentKeys().contains(fingerprint)
                        || policy.agentKeys().contains(key.comment());
    }

    private void refuse(String what) {
        LOG.warn("worker {}: agent guard refused {}", policy.worker(), what);
        if (++refusals == MAX_REFUSALS) {
            LOG.warn("worker {}: agent guard closed after {} refusals", policy.worker(), refusals);
            end();
        }
    }
}
