package org.jetfanout.dispatch;

import java.io.InputStream;
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
    private HeldInput bundle;

    /** When the job will have taken too long; there is none before the first connection. */
    private volatile Instant deadline = Instant.MAX;

    /** By when the worker must have said more on this connection, and when the bundle went on. */
    private volatile Instant answerBy = Instant.MAX;

    private volatile Instant fed = Instant.EPOCH;

    /** The connection was closed since a deadline had passed. */
    private volatile boolean expired;

    /** The next command, or the one that is under way, ends the job: it must not be cut off. */
    private volatile boolean ending;

    JobConnections(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The next command is about to go out.
     *
     * @param ends whether it ends the job
     */
    void next(boolean ends) {
        ending = ends;
    }

    /** Whether the last command was to end the job. */
    boolean isEnding() {
        return ending;
    }

    /**
     * The bundle as the command's stdin: held back until the job's script has proved that it is
     * what reads it.
     */
    InputStream bundle(InputStream whole) {
        fed = Instant.EPOCH;
        bundle = new HeldInput(whole, () -> fed = clock.instant());
        return bundle;
    }

    /** The job's script reads it. */
    void letBundleGo() {
        bundle.letGo();
    }

    /** There is a connection. */
    void open(CommandStream opened, Job job) {
        expired = false;
        note(job);
        stream = opened;
        used = true;
    }

    /** The worker has said something: deadlines may be others. */
    void note(Job job) {
        deadline = job.deadline().orElse(Instant.MAX);
        answerBy = job.answerBy().orElse(Instant.MAX);
    }

    /** Whether there was a connection, now or before. */
    boolean wasOpen() {
        return used;
    }

    /** Ends a connection to a job that has taken too long, or to a worker that says nothing. */
    void closeIfOverdue() {
        Instant now = clock.instant();
        boolean silent = now.isAfter(answerBy) && now.isAfter(fed.plus(Job.LONGEST_SILENCE));
        CommandStream open = stream;
        if (open != null && (silent || now.isAfter(deadline))) {
            expired = true;
            open.close();
        }
    }

    /** Whether the connection was closed since a deadline had passed. */
    boolean hasExpired() {
        return expired;
    }

    /** Ends the connection, but not where what ends the job goes by it. */
    void breakOff() {
        if (!ending) {
            close();
        }
    }

    /** Ends the connection, whatever goes by it. */
    void close() {
        CommandStream open = stream;
        if (open != null) {
            open.close();
        }
    }

    /** Nothing more is read from the connection: it must not stay open beside the next one. */
    void end() {
        close();
        stream = null;
    }
}
