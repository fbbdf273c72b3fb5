package org.jetfanout.dispatch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jetfanout.job.Job;
import org.jetfanout.record.Frame;
import org.jetfanout.ssh.Chunk;
import org.jetfanout.ssh.CommandStream;

/**
 * The frames that come over one connection. It passes the bytes of the connection to the job, and
 * gives the whole lines as they arrive. Not thread-safe.
 */
final class JobFrames implements Iterator<Frame> {
    /** Follows the connection. */
    interface Listener {
        /** The worker has sent something. The job knows what it means. */
        void heard();

        /** All that has come was taken. The next is waited for. */
        void idle();

        /** The connection has ended, and no more frames will come from it. */
        void ended();

        /** Whether the connection was closed because the batch goes back to the queue. */
        boolean isPutBack();
    }

    private final CommandStream stream;
    private final Job job;
    private final JobConnections link;
    private final JobOutput output;
    private final Listener listener;

    // Mutable state
    private final Deque<Frame> ready = new ArrayDeque<>();
    private boolean ended;

    JobFrames(
            CommandStream stream,
            Job job,
            JobConnections link,
            JobOutput output,
            Listener listener) {
        this.stream = stream;
        this.job = job;
        this.link = link;
        this.output = output;
        this.listener = listener;
    }

    /**
     * Never waits. Camel's Splitter asks for the next frame before it passes on the last one. If
     * this waited, a line would be held back until the runner prints another one.
     */
    @Override
    public boolean hasNext() {
        return !ready.isEmpty() || !ended;
    }

    /**
     * The next frame. Null if the connection has ended meanwhile, which the Splitter takes for the
     * end.
     */
    @Override
    public Frame next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        while (ready.isEmpty() && !ended) {
            listener.idle();
            read();
        }
        return ready.poll();
    }

    private void read() {
        if (!stream.hasNext()) {
            end();
            addAll(lastFrames());
            return;
        }
        Chunk chunk = stream.next();
        addAll(job.read(chunk.stderr(), chunk.bytes()));
        link.note(job);
        listener.heard();
        // a busy stream comes in chunks as large as frames; the lines of a quiet one must not wait
        addAll(job.flush());
        if (job.over()) {
            end();
            // other programs may hold the connection open and write to it: nobody reads that
            stream.finish();
        } else if (job.takesBundle()) {
            link.letBundleGo();
        }
    }

    private void end() {
        ended = true;
        listener.ended();
    }

    private List<Frame> lastFrames() {
        if (listener.isPutBack()) {
            return List.of();
        }
        if (link.hasExpired()) {
            List<Frame> last = job.flush();
            job.expired();
            return last;
        }
        Optional<? extends Exception> loss = stream.loss();
        if (loss.isPresent()) {
            job.broken(loss.get());
            return List.of();
        }
        return job.closed(stream.exitStatus());
    }

    private void addAll(List<Frame> frames) {
        frames.forEach(frame -> ready.add(output.handOver(frame)));
    }
}
