package org.jetfanout.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Instant;
import java.time.InstantSource;
import org.jetfanout.job.Job;
import org.jetfanout.ssh.CommandStream;
import org.jetfanout.ssh.HeldInput;

/**
 * The connections that follow one job, one after the other, and their deadlines. The thread of the
 * batch uses them. Any thread may call {@link #breakOff}, {@link #close} and {@link
 * #closeIfOverdue} to end that thread's wait.
 */
final class JobConnections {
    private final InstantSource clock;

    // Mutable state: null while there is no connection
    private volatile CommandStream stream;
    private boolean used;
    private HeldInput stdin;

    /** When the job takes too long; there is no limit before the first connection. */
    private volatile Instant deadline = Instant.MAX;

    /**
     * By when the worker must send more on this connection, and by when more of the bundle must
     * have been sent.
     */
    private volatile Instant answerBy = Instant.MAX;

    private volatile Instant fed = Instant.EPOCH;

    /** Whether the connection was closed because a deadline had passed. */
    private volatile boolean expired;

    /** Whether the next or the present command ends the job. Then it must not be interrupted. */
    private volatile boolean ending;

    JobConnections(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The next command is about to be sent.
     *
     * @param ends whether it ends the job
     */
    void next(boolean ends) {
        ending = ends;
    }

    /** Whether the last command ends the job. */
    boolean isEnding() {
        return ending;
    }

    /**
     * The command's stdin: the bundle, held back until the job's script has proved that it reads
     * the stdin. Decisions follow it if the job has barriers.
     *
     * @param size how many bytes the bundle has; only needed if more comes behind it
     * @param payload what follows the bundle if the job brings a file; nothing of it is read before
     *     its worker has said what it needs
     */
    InputStream stdin(Job job, InputStream bundle, long size, InputStream payload) {
        fed = Instant.EPOCH;
        if (job.hasPayload()) {
            InputStream sized = new SequenceInputStream(header(size), bundle);
            InputStream whole = new NeverWaiting(new SequenceInputStream(sized, payload));
            stdin = new HeldInput(whole, () -> fed = clock.instant());
            return stdin;
        }
        if (!job.waitsBetweenPlays()) {
            stdin = new HeldInput(new NeverWaiting(bundle), () -> fed = clock.instant());
            return stdin;
        }
        return decisions(job, new SequenceInputStream(header(size), bundle));
    }

    private static InputStream header(long size) {
        return new ByteArrayInputStream(("bundle " + size + "\n").getBytes(UTF_8));
    }

    /**
     * All of it is in files: a part knows of itself at most how much can be read at once. At the
     * end that is nothing, as of something that must be waited for, which gets a thread.
     */
    private static final class NeverWaiting extends FilterInputStream {
        NeverWaiting(InputStream parts) {
            super(parts);
        }

        @Override
        public int available() {
            return Integer.MAX_VALUE;
        }
    }

    /** The command's stdin where no bundle is sent: decisions alone. */
    InputStream stdin(Job job) {
        InputStream decisions = decisions(job, InputStream.nullInputStream());
        stdin.letGo();
        return decisions;
    }

    private InputStream decisions(Job job, InputStream before) {
        HeldInput opened = new HeldInput(before, true, () -> fed = clock.instant());
        job.decisionsGoTo(opened::send);
        stdin = opened;
        return opened;
    }

    /** The job's script reads the bundle. */
    void letBundleGo() {
        stdin.letGo();
    }

    /** There is a connection. */
    void open(CommandStream opened, Job job) {
        expired = false;
        note(job);
        stream = opened;
        used = true;
    }

    /** The worker has sent something, so the deadlines may change. */
    void note(Job job) {
        deadline = job.deadline().orElse(Instant.MAX);
        answerBy = job.answerBy().orElse(Instant.MAX);
    }

    /** Somebody has decided about the job at a barrier: its time goes on. Any thread may say so. */
    void noteDeadline(Job job) {
        deadline = job.deadline().orElse(Instant.MAX);
    }

    /** Whether there was a connection, now or before. */
    boolean wasOpen() {
        return used;
    }

    /** Closes the connection where the job has taken too long or the worker sends nothing. */
    void closeIfOverdue() {
        Instant now = clock.instant();
        boolean silent = now.isAfter(answerBy) && now.isAfter(fed.plus(Job.LONGEST_SILENCE));
        CommandStream open = stream;
        if (open != null && (silent || now.isAfter(deadline))) {
            expired = true;
            open.close();
        }
    }

    /** Whether the connection was closed because a deadline had passed. */
    boolean hasExpired() {
        return expired;
    }

    /** Closes the connection, unless its command ends the job. */
    void breakOff() {
        if (!ending) {
            close();
        }
    }

    /** Closes the connection in any case. */
    void close() {
        CommandStream open = stream;
        if (open != null) {
            open.close();
        }
    }

    /** Nothing more is read from the connection, so it is closed before the next one is opened. */
    void end() {
        close();
        stream = null;
    }
}
