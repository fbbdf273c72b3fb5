package org.jetfanout.hand;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jetfanout.link.Link;
import org.jetfanout.link.LinkException;
import org.jetfanout.link.Received;
import org.jetfanout.ssh.Chunk;
import org.jetfanout.ssh.CommandStream;
import org.jetfanout.ssh.Encryption;
import org.jetfanout.ssh.HoldableInput;
import org.jetfanout.ssh.WorkerUnreachableException;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.agent.Signature;
import org.jetfanout.text.Durations;
import org.jetfanout.text.Quoted;

/**
 * A command that a hand carries out: the owner's side of it. One thread makes and reads it; it also
 * sends the stdin. The thread of the link brings what the hand says. Any thread may close it.
 */
public final class Call implements CommandStream {
    /** How much output may be under way or unread, in bytes: as much as an SSH window. */
    static final int OUTPUT_WINDOW = 1 << 20;

    /** How much stdin may be under way, in bytes. */
    static final int STDIN_WINDOW = 256 << 10;

    private static final int PIECE = 64 << 10;

    /** In a row, if the hand has lost a call: one may have been made before it. */
    private static final int MISSING_ROLLS = 2;

    private final String id;
    private final CallSpec spec;
    private final Optional<InputStream> stdin;
    private final Optional<GuardPolicy> guard;
    private final Calls calls;
    private final Link link;
    private final ReceiveWindow output = new ReceiveWindow(OUTPUT_WINDOW);
    private final SendWindow input = new SendWindow(STDIN_WINDOW);

    // Mutable state, guarded by this
    private final Deque<Chunk> arrived = new ArrayDeque<>();
    private Stage stage = Stage.OFFERED;
    private Received taken;
    private SentMessages out;
    private boolean woken;
    private WorkerUnreachableException loss;
    private String lacks = "";
    private OptionalInt exitStatus = OptionalInt.empty();
    private String loginKey = "";
    private Optional<Encryption> encryption = Optional.empty();

    // Mutable state, of the thread that reads
    private Chunk next;
    private boolean stdinSent;
    private byte[] buffer = {};

    // Mutable state, of the thread of the link
    private final Incoming incoming = new Incoming();
    private int missing;

    private final Silence silence = new Silence();

    /** How far it is. */
    private enum Stage {
        /** It waits in the queue of its zone. */
        OFFERED,
        /** A hand would carry it out. */
        TAKEN,
        /** The hand was told to. */
        ORDERED,
        /** The command runs. */
        OPEN,
        /** Nothing comes any more. */
        OVER
    }

    Call(
            String id,
            CallSpec spec,
            Optional<InputStream> stdin,
            Optional<GuardPolicy> guard,
            Calls calls,
            Link link) {
        this.id = id;
        this.spec = spec;
        this.stdin = stdin;
        this.guard = guard;
        this.calls = calls;
        this.link = link;
    }

    String id() {
        return id;
    }

    CallSpec spec() {
        return spec;
    }

    /** The fingerprint of the key that logged in to the worker. */
    public synchronized String loginKey() {
        return loginKey;
    }

    /** The algorithms that the hand agreed on with the worker. */
    public synchronized Optional<Encryption> encryption() {
        return encryption;
    }

    /** The name of the hand; empty while no hand has taken it. */
    public synchronized String hand() {
        return taken == null ? "" : taken.sender().name();
    }

    // ---- on the way to a hand

    /** A hand would carry it out. False if it is too late. */
    synchronized boolean take(Received by) {
        if (stage != Stage.OFFERED) {
            return false;
        }
        stage = Stage.TAKEN;
        taken = by;
        out = new SentMessages(link, by.from(), id);
        notifyAll();
        return true;
    }

    /** Waits until a hand has taken it; false if none has. */
    synchronized boolean awaitTaken(Duration longest) throws InterruptedException {
        waitWhile(Stage.OFFERED, longest);
        return stage != Stage.OFFERED;
    }

    private void waitWhile(Stage present, Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        long left = longest.toNanos();
        while (stage == present && left > 0) {
            wait(Math.max(1, left / 1_000_000));
            left = end - System.nanoTime();
        }
    }

    /** Tells the hand what to do. */
    void order() throws LinkException {
        ObjectNode head = SentMessages.head();
        SentMessages to;
        synchronized (this) {
            if (stage != Stage.TAKEN) {
                return;
            }
            stage = Stage.ORDERED;
            head.set("echo", taken.message().head().path("echo"));
            to = out;
        }
        new CallOrder(spec, stdin.isPresent(), guard.map(CallOrder.Guard::of)).addTo(head);
        to.sendAtOnce(CallWord.GO, head);
        if (stdin.isPresent() && stdin.get() instanceof HoldableInput held) {
            held.onMore(this::wake);
        }
    }

    /**
     * Waits until the command runs.
     *
     * @return false if the hand has not said yet what became of it
     * @throws WorkerUnreachableException if it does not run
     */
    synchronized boolean awaitOpen(Duration longest) throws InterruptedException {
        waitWhile(Stage.ORDERED, longest);
        if (stage == Stage.OVER && loss != null && lacks.isEmpty()) {
            throw loss;
        }
        return stage != Stage.ORDERED;
    }

    /** Which keys for hosts the hand's agent lacks, so that it does nothing; else empty. */
    synchronized String lacks() {
        return lacks;
    }

    /** The id of the instance that has taken it. */
    synchronized String takenBy() {
        return taken == null ? "" : taken.sender().id();
    }

    /** Where its hand is; empty while it has none, and once it is over. */
    synchronized Optional<String> peer() {
        return stage == Stage.OFFERED || stage == Stage.OVER
                ? Optional.empty()
                : Optional.of(taken.from());
    }

    /** How many messages its hand was sent. */
    synchronized long sent() {
        return out.sent();
    }

    // ---- what the hand says

    /** Its hand has said something about it. */
    void hear(Received received, CallWord word, Fields head) {
        if (!isFromHand(received)) {
            return;
        }
        silence.heard();
        try {
            if (!incoming.isNext(head.number("n", Long.MAX_VALUE))) {
                lose("messages on the way from hand " + name() + " were lost");
                return;
            }
            switch (word) {
                case OPENED -> {
                    opened(head);
                    data(head, received.message().body());
                }
                case FAILED -> failed(head);
                case DATA -> data(head, received.message().body());
                case STDIN_CREDIT -> {
                    input.allow(head.number("total", Long.MAX_VALUE));
                    wake();
                }
                case SIGNED -> calls.later(() -> signed(head));
                case TROUBLE -> guard.ifPresent(policy -> calls.later(() -> trouble(policy, head)));
                case END -> {
                    data(head, received.message().body());
                    ended(head);
                }
                default -> {}
            }
        } catch (IllegalArgumentException e) {
            lose(
                    "hand "
                            + name()
                            + " says what this instance does not understand: "
                            + e.getMessage());
        }
    }

    private synchronized boolean isFromHand(Received received) {
        return taken != null
                && stage != Stage.OVER
                && received.from().equals(taken.from())
                && received.sender().id().equals(taken.sender().id());
    }

    private synchronized void opened(Fields head) {
        if (stage != Stage.ORDERED) {
            throw new IllegalArgumentException("OPENED");
        }
        loginKey = head.line("key");
        Fields algorithms = head.part("encryption");
        encryption =
                Optional.of(
                        new Encryption(
                                algorithms.line("keyExchange"),
                                algorithms.line("hostKey"),
                                algorithms.line("cipher"),
                                algorithms.line("mac")));
        stage = Stage.OPEN;
        notifyAll();
    }

    private void failed(Fields head) {
        String kind = head.text("kind", Fields.LINE);
        if (kind.equals(HandledCall.KEYS)) {
            synchronized (this) {
                lacks = "hand " + name() + ": " + Quoted.visible(head.line("text"));
            }
        }
        end(told(head, kind));
    }

    /** What the hand says about the worker, as if this instance had found it out. */
    private WorkerUnreachableException told(Fields head, String kind) {
        Cause cause =
                Arrays.stream(Cause.values())
                        .filter(known -> known.name().equals(kind))
                        .findFirst()
                        .orElse(Cause.CHANNEL);
        return WorkerUnreachableException.told(
                cause, "hand " + name() + ": " + Quoted.visible(head.line("text")));
    }

    private synchronized void data(Fields head, byte[] bytes) {
        if (stage != Stage.OPEN) {
            throw new IllegalArgumentException("output before the command runs");
        }
        if (!output.receive(bytes.length)) {
            throw new IllegalArgumentException("more output than it may send");
        }
        arrived.addAll(OutputPieces.read(head, bytes));
        notifyAll();
    }

    private void ended(Fields head) {
        guard.ifPresent(policy -> policy.budget().used(CallOrder.usage(head.part("used"))));
        if (head.has("exit")) {
            synchronized (this) {
                exitStatus = OptionalInt.of((int) head.number("exit", Integer.MAX_VALUE));
            }
            end(null);
        } else if (head.has("signal")) {
            end(null);
        } else {
            end(told(head, head.text("kind", Fields.LINE)));
        }
    }

    /** A worker wants to sign a login: the record comes first. */
    private void signed(Fields head) {
        try {
            if (guard.isEmpty()) {
                throw new IllegalArgumentException("SIGNED");
            }
            GuardPolicy policy = guard.get();
            policy.budget().used(CallOrder.usage(head.part("used")));
            policy.signatures()
                    .accept(
                            new Signature(
                                    policy.guid(),
                                    policy.worker(),
                                    Quoted.visible(head.line("fingerprint")),
                                    Quoted.visible(head.line("login")),
                                    Quoted.visible(head.line("hostKey")),
                                    head.yes("allowed"),
                                    Instant.now()));
            SentMessages to;
            synchronized (this) {
                to = out;
            }
            to.send(
                    CallWord.SIGNED_OK,
                    SentMessages.head().put("number", head.number("number", Long.MAX_VALUE)));
        } catch (IllegalArgumentException | LinkException e) {
            lose("hand " + name() + ": " + e.getMessage());
        }
    }

    private static void trouble(GuardPolicy policy, Fields head) {
        String text = Quoted.visible(head.line("text"));
        if (policy.budget().tell(text)) {
            policy.trouble().accept(text);
        }
    }

    /**
     * Its hand has said which calls it has.
     *
     * @param sent how many messages of this one it has sent; empty if it does not know the call
     */
    void listed(Received roll, OptionalLong sent) {
        synchronized (this) {
            if (!isFromHand(roll) || stage == Stage.TAKEN) {
                return;
            }
        }
        if (sent.isPresent()) {
            missing = 0;
            silence.heard();
            if (!incoming.hasAll(sent.getAsLong())) {
                lose("messages on the way from hand " + name() + " were lost");
            }
        } else if (++missing >= MISSING_ROLLS) {
            lose("hand " + name() + " does not know of it any more");
        }
    }

    /**
     * Called as often as rolls are sent. A hand that has lost the call, and has no other of this
     * instance, sends none.
     */
    void look(Duration betweenLooks) {
        if (peer().isPresent() && silence.isTooLong()) {
            lose(
                    "hand "
                            + name()
                            + " has said nothing of it for "
                            + Durations.text(Silence.longest(betweenLooks)));
        }
    }

    // ---- the end

    /** It is over, and it is unknown how the command ends. */
    void lose(String why) {
        lose(WorkerUnreachableException.told(Cause.LOST, label() + ": connection lost: " + why));
    }

    private void lose(WorkerUnreachableException why) {
        if (end(why)) {
            tellClosed();
        }
    }

    private String label() {
        return "worker " + Quoted.excerpt(spec.worker().name());
    }

    private synchronized String name() {
        return taken == null ? "" : Quoted.excerpt(taken.sender().name());
    }

    /** False if it was over before. */
    private boolean end(WorkerUnreachableException why) {
        synchronized (this) {
            if (stage == Stage.OVER) {
                return false;
            }
            stage = Stage.OVER;
            loss = why;
            notifyAll();
        }
        calls.forget(this);
        if (lacks().isEmpty()) {
            closeStdin();
        }
        return true;
    }

    private void closeStdin() {
        stdin.ifPresent(Call::closeQuietly);
    }

    static void closeQuietly(InputStream stdin) {
        try {
            stdin.close();
        } catch (IOException e) {
            // nobody reads it any more
        }
    }

    /** Lets the hand close the connection. */
    private void tellClosed() {
        SentMessages to;
        synchronized (this) {
            to = out;
        }
        if (to != null) {
            calls.later(to::sendClose);
        }
    }

    /** Gives it up before a hand has opened it. Its stdin stays as it is. */
    void abandon() {
        SentMessages to;
        synchronized (this) {
            boolean over = stage == Stage.OVER;
            stage = Stage.OVER;
            to = over ? null : out;
        }
        calls.forget(this);
        if (to != null) {
            tellClosed();
        }
    }

    @Override
    public void close() {
        lose(
                WorkerUnreachableException.told(
                        Cause.LOST, label() + ": closed before the command ended"));
        synchronized (this) {
            arrived.clear();
            notifyAll();
        }
    }

    @Override
    public void finish() {
        SentMessages to;
        synchronized (this) {
            if (stage == Stage.OVER) {
                return;
            }
            to = out;
        }
        calls.closeUnlessEnded(id, to);
        end(
                WorkerUnreachableException.told(
                        Cause.LOST, label() + ": left before the command ended"));
        close();
    }

    // ---- reading

    private synchronized void wake() {
        woken = true;
        notifyAll();
    }

    private synchronized boolean isOver() {
        return stage == Stage.OVER;
    }

    /** Waits for output, and sends the stdin meanwhile. An interrupt ends it and stays set. */
    @Override
    public boolean hasNext() {
        if (next != null) {
            return true;
        }
        try {
            for (; ; ) {
                sendStdin();
                synchronized (this) {
                    next = arrived.poll();
                    if (next != null) {
                        break;
                    }
                    if (stage == Stage.OVER) {
                        return false;
                    }
                    if (!woken) {
                        wait();
                    }
                    woken = false;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            return false;
        }
        allowMore(next.bytes().length);
        return true;
    }

    private void allowMore(int read) {
        OptionalLong total = output.take(read);
        if (total.isPresent() && !isOver()) {
            try {
                out.send(CallWord.CREDIT, SentMessages.head().put("total", total.getAsLong()));
            } catch (LinkException e) {
                lose(e.getMessage());
            }
        }
    }

    @Override
    public Chunk next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Chunk chunk = next;
        next = null;
        return chunk;
    }

    /** Sends what is there of the stdin, as far as the hand takes it. */
    private void sendStdin() {
        while (stdin.isPresent() && !stdinSent && !isOver()) {
            InputStream from = stdin.get();
            long room = input.room();
            if (room == 0 || (from instanceof HoldableInput held && held.isHeld())) {
                return;
            }
            if (buffer.length == 0) {
                buffer = new byte[PIECE];
            }
            try {
                int count = read(from, (int) Math.min(room, buffer.length));
                if (count > 0 || stdinSent) {
                    input.take(count);
                    ObjectNode head = SentMessages.head();
                    if (stdinSent) {
                        head.put("end", true);
                    }
                    out.send(CallWord.STDIN, head, Arrays.copyOf(buffer, count));
                }
                if (stdinSent) {
                    buffer = new byte[0];
                    closeQuietly(from);
                }
            } catch (LinkException e) {
                lose(e.getMessage());
            } catch (IOException e) {
                // a half stdin must not look like a whole one
                String why = label() + ": cannot read the data to send: " + e.getMessage();
                lose(WorkerUnreachableException.told(Cause.CHANNEL, why));
            }
        }
    }

    /** Reads as much as is there without waiting, so that its end comes with the last of it. */
    private int read(InputStream from, int most) throws IOException {
        int at = 0;
        boolean more = true;
        while (more && at < most) {
            int count = from.read(buffer, at, most - at);
            stdinSent = count < 0;
            at += Math.max(0, count);
            more = count > 0 && from instanceof HoldableInput held && !held.isHeld();
        }
        return at;
    }

    @Override
    public synchronized OptionalInt exitStatus() {
        return exitStatus;
    }

    @Override
    public synchronized Optional<WorkerUnreachableException> loss() {
        return Optional.ofNullable(loss);
    }
}
