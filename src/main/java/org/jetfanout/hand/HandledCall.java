package org.jetfanout.hand;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.jetfanout.link.Link;
import org.jetfanout.link.LinkException;
import org.jetfanout.link.Received;
import org.jetfanout.machine.RandomId;
import org.jetfanout.ssh.Encryption;
import org.jetfanout.ssh.ExecStream;
import org.jetfanout.ssh.SshConnections;
import org.jetfanout.ssh.SshSession;
import org.jetfanout.ssh.WorkerUnreachableException;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that this hand carries out. A thread of its own connects, runs the command and sends its
 * output. The thread of the link brings what the owner says. Any thread may close it.
 */
final class HandledCall implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(HandledCall.class);

    /** The kind of FAILED where the agent lacks keys for hosts. */
    static final String KEYS = "KEYS";

    /** An owner that has been answered, and does not answer, wants no call any more. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    /**
     * How long, in milliseconds, the news that the command runs waits for what it says first, and
     * output for more of it: as one message they cost a fraction of two.
     */
    private static final long GATHERING = 50;

    /** In a row: then the owner has lost the call. */
    private static final int MISSING_ROLLS = 2;

    private final String id;
    private final Received offer;
    private final String echo = RandomId.next();
    private final SentMessages out;
    private final SshConnections ssh;
    private final Executor threads;
    private final Runnable done;
    private final SendWindow output = new SendWindow(Call.OUTPUT_WINDOW);
    private final CallStdin stdin = new CallStdin(Call.STDIN_WINDOW, this::allowStdin);

    // Mutable state, guarded by this
    private CallOrder order;
    private String misunderstood = "";
    private boolean closed;
    private String stopped = "";
    private SshSession session;
    private Optional<RemoteGuard> guard = Optional.empty();

    // Mutable state, of the thread of the link
    private final Incoming incoming = new Incoming();
    private int missing;

    private final Silence silence = new Silence();

    /**
     * @param offer the owner's message
     * @param threads close connections, for which the thread of the link has no time
     * @param done is told when it is over
     */
    HandledCall(
            String id,
            Received offer,
            Link link,
            SshConnections ssh,
            Executor threads,
            Runnable done) {
        this.id = id;
        this.offer = offer;
        this.out = new SentMessages(link, offer.from(), id);
        this.ssh = ssh;
        this.threads = threads;
        this.done = done;
    }

    String id() {
        return id;
    }

    /** Where its owner is. */
    String owner() {
        return offer.from();
    }

    /** How many messages its owner was sent. */
    long sent() {
        return out.sent();
    }

    // ---- what the owner says

    /** Its owner has said something about it. */
    void hear(Received received, CallWord word, Fields head) {
        if (!isFromOwner(received)) {
            return;
        }
        silence.heard();
        try {
            if (word == CallWord.GO) {
                order(head);
                return;
            }
            if (word == CallWord.NO || word == CallWord.CLOSE) {
                threads.execute(this::close);
                return;
            }
            if (!incoming.isNext(head.number("n", Long.MAX_VALUE))) {
                throw new IllegalArgumentException("messages were lost");
            }
            switch (word) {
                case CREDIT -> output.allow(head.number("total", Long.MAX_VALUE));
                case STDIN -> {
                    if (!stdin.add(received.message().body(), head.yes("end"))) {
                        throw new IllegalArgumentException("more stdin than it may send");
                    }
                }
                case SIGNED_OK -> stored(head.number("number", Long.MAX_VALUE));
                default -> {}
            }
        } catch (IllegalArgumentException e) {
            threads.execute(() -> stop("from the owner: " + e.getMessage()));
        }
    }

    private boolean isFromOwner(Received received) {
        return received.from().equals(offer.from())
                && received.sender().id().equals(offer.sender().id());
    }

    private synchronized void order(Fields head) {
        if (order != null || !head.text("echo", Fields.LINE).equals(echo)) {
            return;
        }
        try {
            order = CallOrder.read(head);
        } catch (RuntimeException e) { // whatever is wrong with it, this call only fails
            misunderstood = String.valueOf(e.getMessage());
        }
        notifyAll();
    }

    private void stored(long number) {
        Optional<RemoteGuard> asked;
        synchronized (this) {
            asked = guard;
        }
        asked.ifPresent(one -> one.stored(number));
    }

    /**
     * Its owner has said which calls it has.
     *
     * @param sent how many messages of this one it has sent; empty if it does not know the call
     */
    void listed(Received roll, OptionalLong sent) {
        synchronized (this) {
            if (!isFromOwner(roll) || order == null) {
                return;
            }
        }
        if (sent.isEmpty()) {
            if (++missing >= MISSING_ROLLS) {
                threads.execute(this::close);
            }
        } else {
            missing = 0;
            silence.heard();
            if (!incoming.hasAll(sent.getAsLong())) {
                threads.execute(() -> stop("from the owner: messages were lost"));
            }
        }
    }

    /** Called as often as rolls are sent: an owner that has no other call here sends none. */
    void look() {
        boolean ordered;
        synchronized (this) {
            ordered = order != null;
        }
        if (ordered && silence.isTooLong()) {
            threads.execute(() -> stop("the owner has said nothing of it for some time"));
        }
    }

    /** Nobody wants it any more. Does not wait. */
    void close() {
        SshSession open;
        Optional<RemoteGuard> asked;
        synchronized (this) {
            closed = true;
            open = session;
            asked = guard;
            notifyAll();
        }
        asked.ifPresent(RemoteGuard::close);
        output.close();
        stdin.close();
        if (open != null) {
            open.close();
        }
    }

    /** Ends it from this side. Its owner is told why. */
    void stop(String why) {
        synchronized (this) {
            if (stopped.isEmpty()) {
                stopped = why;
            }
        }
        close();
    }

    private synchronized String stopped() {
        return stopped;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    // ---- carrying it out

    @Override
    public void run() {
        try {
            out.sendAtOnce(CallWord.TAKEN, SentMessages.head().put("echo", echo));
            Optional<CallOrder> told = awaitOrder();
            if (told.isPresent()) {
                carryOut(told.get());
            } else if (!misunderstood().isEmpty()) {
                fail(
                        Cause.CONFIGURATION.name(),
                        "does not understand the call: " + misunderstood());
            }
        } catch (LinkException e) {
            LOG.debug("call {} of {}: {}", id, offer.sender().name(), e.toString());
        } catch (RuntimeException e) { // whatever it is, its owner must not wait
            LOG.warn("call {} of {}", id, offer.sender().name(), e);
            refuse(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            done.run();
        }
    }

    private synchronized String misunderstood() {
        return misunderstood;
    }

    private synchronized Optional<CallOrder> awaitOrder() throws InterruptedException {
        long end = System.nanoTime() + LONGEST_PAUSE.toNanos();
        long left = LONGEST_PAUSE.toNanos();
        while (order == null && misunderstood.isEmpty() && !closed && left > 0) {
            wait(Math.max(1, left / 1_000_000));
            left = end - System.nanoTime();
        }
        return closed ? Optional.empty() : Optional.ofNullable(order);
    }

    private void refuse(String text) {
        try {
            fail(Cause.LOST.name(), text);
        } catch (LinkException e) {
            LOG.debug("call {} of {}: {}", id, offer.sender().name(), e.toString());
        }
    }

    /** Tells an owner that orders a call which this hand has given up. */
    static void refuseLate(Link link, Received order, String call) {
        try {
            new SentMessages(link, order.from(), call)
                    .send(
                            CallWord.FAILED,
                            SentMessages.head()
                                    .put("kind", Cause.LOST.name())
                                    .put("text", "connection lost: the order came too late"));
        } catch (LinkException e) {
            LOG.debug("call {} of {}: {}", call, order.sender().name(), e.toString());
        }
    }

    private void fail(String kind, String text) throws LinkException {
        out.send(CallWord.FAILED, SentMessages.head().put("kind", kind).put("text", text));
    }

    private void carryOut(CallOrder todo) throws LinkException, InterruptedException {
        ExecStream stream;
        ObjectNode opened;
        LOG.debug(
                "call {} of {}, run {}: connects to {}",
                id,
                offer.sender().name(),
                todo.spec().guid(),
                todo.spec().worker());
        ssh.noticeChanges();
        try {
            if (todo.guard().isPresent()) {
                List<String> lacks = ssh.lacks(todo.spec().worker(), todo.guard().get().keys());
                if (!lacks.isEmpty()) {
                    fail(KEYS, "its ssh-agent lacks keys for hosts: " + String.join(", ", lacks));
                    return;
                }
            }
            SshSession open = open(todo);
            stream = start(todo, open);
            opened = opened(open);
        } catch (WorkerUnreachableException e) {
            LOG.debug("call {}: {}", id, e.getMessage());
            fail(e.reason().name(), e.getMessage());
            return;
        }
        LOG.debug("call {}: runs", id);
        send(opened, stream);
        LOG.debug("call {}: ended", id);
    }

    private SshSession open(CallOrder todo) {
        Optional<GuardPolicy> policy;
        synchronized (this) {
            guard = todo.guard().map(words -> new RemoteGuard(todo.spec(), words, out));
            policy = guard.map(RemoteGuard::policy);
        }
        SshSession opened =
                ssh.open(
                        todo.spec().worker(),
                        todo.spec().deadlines(),
                        policy,
                        todo.spec().forHosts());
        boolean late;
        synchronized (this) {
            session = opened;
            late = closed;
        }
        if (late) {
            opened.close();
        }
        return opened;
    }

    private ExecStream start(CallOrder todo, SshSession open) {
        Optional<InputStream> input = todo.stdin() ? Optional.of(stdin) : Optional.empty();
        return open.exec(todo.spec().command(), input);
    }

    private static ObjectNode opened(SshSession open) {
        Encryption with = open.encryption();
        ObjectNode head = SentMessages.head().put("key", open.loginKey());
        head.putObject("encryption")
                .put("keyExchange", with.keyExchange())
                .put("hostKey", with.hostKey())
                .put("cipher", with.cipher())
                .put("mac", with.mac());
        return head;
    }

    private void send(ObjectNode opened, ExecStream stream)
            throws LinkException, InterruptedException {
        OutputPieces pieces = new OutputPieces();
        if (stream.hasNext(GATHERING)) {
            pieces.add(stream.next());
        }
        boolean go = send(CallWord.OPENED, opened, pieces);
        while (go) {
            gather(stream, pieces);
            if (stream.isOver()) {
                break;
            }
            go = send(CallWord.DATA, SentMessages.head(), pieces);
        }
        end(stream, pieces);
    }

    /** Waits for output, and somewhat longer for more. */
    private static void gather(ExecStream stream, OutputPieces pieces) {
        long end = System.nanoTime() + GATHERING * 1_000_000;
        boolean more = stream.hasNext();
        while (more && pieces.fits(stream.peek())) {
            pieces.add(stream.next());
            long left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
            more = !pieces.areEnough() && stream.hasNext(left);
        }
    }

    /** False if nobody reads it any more. */
    private boolean send(CallWord word, ObjectNode head, OutputPieces pieces)
            throws LinkException, InterruptedException {
        if (!pieces.isEmpty() && !output.await(pieces.size())) {
            pieces.clear();
            return false;
        }
        out.send(word, head, pieces.takeTo(head));
        return true;
    }

    private void end(ExecStream stream, OutputPieces pieces)
            throws LinkException, InterruptedException {
        if (isClosed() && stopped().isEmpty()) {
            return; // nobody reads it
        }
        ObjectNode head = SentMessages.head();
        OptionalInt exit = stopped().isEmpty() ? stream.exitStatus() : OptionalInt.empty();
        if (exit.isPresent()) {
            head.put("exit", Math.max(0, exit.getAsInt()));
        } else if (stopped().isEmpty() && stream.exitSignal().isPresent()) {
            head.put("signal", stream.exitSignal().get());
        } else {
            Optional<WorkerUnreachableException> loss =
                    stopped().isEmpty() ? stream.loss() : Optional.empty();
            head.put(
                    "kind", loss.map(WorkerUnreachableException::reason).orElse(Cause.LOST).name());
            head.put("text", loss.map(Throwable::getMessage).orElse(stopped()));
        }
        synchronized (this) {
            guard.ifPresent(one -> head.set("used", CallOrder.json(one.usage())));
        }
        if (!send(CallWord.END, head, pieces) && !stopped().isEmpty()) {
            out.send(CallWord.END, head); // without the output, which the owner gets again
        }
    }

    private void allowStdin(long total) throws LinkException {
        out.send(CallWord.STDIN_CREDIT, SentMessages.head().put("total", total));
    }
}
