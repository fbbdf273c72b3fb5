package org.jetfanout.job.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jetfanout.job.Nonce;
import org.jetfanout.job.ScriptStreams;

/**
 * The answer of a worker to status, clean and cancel. It keeps enough lines for all jobs of a run,
 * and no more. Not thread-safe.
 */
public final class JobReply {
    private static final int MOST_JOBS = 10_000;

    /** What a worker may say, its login scripts included: jobs in the thousands. */
    private static final int LONGEST = 16 << 20;

    private final ScriptStreams streams;
    private final List<JobStatus> jobs = new ArrayList<>();

    // Mutable state
    private String end = "";
    private long length;

    /**
     * @param nonce the one that the command got
     */
    public JobReply(Nonce nonce) {
        this.streams = ScriptStreams.ofLines(nonce, this::line);
    }

    private void line(String text) {
        if (end.isEmpty()) {
            JobStatus.of(text).filter(job -> jobs.size() < MOST_JOBS).ifPresent(jobs::add);
            end = text.startsWith("end ") || text.startsWith("refused ") ? text : "";
        }
    }

    /** Takes the next bytes of a stream. */
    public void read(boolean ofStderr, byte[] bytes) {
        length += bytes.length;
        streams.read(ofStderr, bytes);
    }

    /** Whether the script has said its last word, whatever else the connection may bring. */
    public boolean over() {
        return !end.isEmpty();
    }

    /** Whether others say so much that nobody can listen any longer. */
    public boolean tooLong() {
        return length > LONGEST;
    }

    /** Whether the script came to its end: then what it said is all. */
    public boolean complete() {
        return end.startsWith("end ");
    }

    /** Whether a job that was to be cancelled is gone, with all of its process group. */
    public boolean cancelled() {
        return complete();
    }

    /** The jobs that it told of. */
    public List<JobStatus> jobs() {
        return List.copyOf(jobs);
    }

    /** What the script, or whatever stood before it, had to say otherwise: for an error message. */
    public String talk() {
        return Optional.of(end)
                .filter(text -> text.startsWith("refused "))
                .or(() -> Optional.of(streams.talk()).filter(text -> !text.isEmpty()))
                .orElse("no output");
    }
}
