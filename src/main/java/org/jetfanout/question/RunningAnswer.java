package org.jetfanout.question;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jetfanout.ExitCode;
import org.jetfanout.link.InstanceId;
import org.jetfanout.link.Link;
import org.jetfanout.link.LinkException;
import org.jetfanout.link.LinkMessage;
import org.jetfanout.machine.Daemons;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process prints, on its way to the instance that asked for it. No more is sent than that
 * one has room for, so a reader who pauses holds up nothing but the process. Thread-safe.
 */
final class RunningAnswer {
    private static final Logger LOG = LoggerFactory.getLogger(RunningAnswer.class);

    /** What may be sent before the first credit comes. */
    static final long FIRST_CREDIT = 1 << 20;

    /** What a message counts beside its bytes, so that small ones are few, too. */
    static final int COST = 256;

    private static final int PIECE = 1 << 16;
    private static final int LONGEST_LINE = 1 << 13;
    private static final int MOST_LINES = 1000;
    private static final long LOOK_MILLIS = 1000;
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

    private final Link link;
    private final String to;
    private final InstanceId asker;
    private final String id;

    /**
     * Held while a message is sent, which may take long: whoever brings a credit must not wait for
     * that.
     */
    private final Object sending = new Object();

    // Mutable state: the next message's number, and under this object's lock the rest
    private long number;
    private long sent;
    private long allowed = FIRST_CREDIT;
    private boolean stopped;
    private Process process;

    RunningAnswer(Link link, String to, InstanceId asker, String id) {
        this.link = link;
        this.to = to;
        this.asker = asker;
        this.id = id;
    }

    /** Whether this instance has asked. */
    boolean isOf(InstanceId instance) {
        return asker.equals(instance);
    }

    /** Answers that there is no answer. */
    void refuse(String why) {
        try {
            said("instance %s does not answer: %s".formatted(link.me().name(), why));
            last(ExitCode.UNREACHABLE.code());
        } catch (LinkException e) {
            LOG.debug("{} does not wait for the answer", asker, e);
        }
    }

    /**
     * Starts the process, and sends what it prints.
     *
     * @param before a line that it reads first; empty for none
     */
    void begin(ProcessBuilder command, Optional<byte[]> before, Runnable atEnd) throws IOException {
        Process started = command.start();
        synchronized (this) {
            process = started;
        }
        Thread errors = Daemons.start("errors of an answer", () -> sendErrors(started));
        Daemons.start("answer", () -> send(started, before, errors, atEnd));
    }

    private void send(Process of, Optional<byte[]> before, Thread errors, Runnable atEnd) {
        try {
            // says that the question has arrived
            answer(new byte[0]);
            if (before.isPresent()) {
                of.getOutputStream().write(before.get());
                of.getOutputStream().flush();
            }
            byte[] piece = new byte[PIECE];
            InputStream in = of.getInputStream();
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                if (!mayStillSend(length)) {
                    break;
                }
                answer(Arrays.copyOf(piece, length));
            }
            boolean whole = !isStopped() && ended(of);
            if (whole) {
                errors.join(LONGEST_STOP.toMillis());
                last(of.exitValue());
            } else {
                said("instance %s ended its answer before its end".formatted(link.me().name()));
                last(ExitCode.INCOMPLETE.code());
            }
        } catch (IOException e) {
            LOG.debug("the answer to {} ends early", asker, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            of.destroy();
            atEnd.run();
        }
    }

    private boolean ended(Process of) throws InterruptedException {
        while (!of.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            if (isStopped() || !link.presence().isAlive(to)) {
                return false;
            }
        }
        return true;
    }

    private void sendErrors(Process of) {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(of.getErrorStream(), UTF_8))) {
            int lines = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (lines++ < MOST_LINES) {
                    said(line.substring(0, Math.min(LONGEST_LINE, line.length())));
                }
            }
        } catch (IOException e) {
            // the other thread notices, too
        }
    }

    /** Waits until there is room for a piece. Returns whether the asker still wants it. */
    private synchronized boolean mayStillSend(int bytes) throws InterruptedException {
        int cost = bytes + COST;
        while (!stopped && sent + cost > allowed) {
            wait(LOOK_MILLIS);
            if (sent + cost > allowed && !link.presence().isAlive(to)) {
                return false;
            }
        }
        sent += cost;
        return !stopped;
    }

    /** The asker has room for all of the answer up to here. */
    synchronized void allow(long bytes) {
        allowed = Math.max(allowed, bytes);
        notifyAll();
    }

    /** Tells the process to come to its end: see {@link AnswerEnd}. */
    void end() {
        OutputStream in;
        synchronized (this) {
            if (process == null) {
                return;
            }
            in = process.getOutputStream();
        }
        try {
            in.close();
        } catch (IOException e) {
            // it has ended
        }
    }

    /** The asker wants no more. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
        if (process != null) {
            process.destroy();
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    private void answer(byte[] body) throws LinkException {
        synchronized (sending) {
            link.send(to, new LinkMessage(QuestionKind.ANSWER, head(), body));
        }
    }

    private void said(String line) throws LinkException {
        synchronized (sending) {
            link.send(to, new LinkMessage(QuestionKind.ANSWER, head().put("said", line)));
        }
    }

    private void last(int code) throws LinkException {
        synchronized (sending) {
            link.send(to, new LinkMessage(QuestionKind.ANSWERED, head().put("code", code)));
        }
    }

    private ObjectNode head() {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("n", number++);
    }
}
