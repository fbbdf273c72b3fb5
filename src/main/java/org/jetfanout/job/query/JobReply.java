package org.jetfanout.job.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jetfanout.job.Nonce;
import org.jetfanout.job.ScriptStreams;

/**
 * The answer of a worker to status, clean and cancel. It keeps only as many lines as a run can have
 * jobs. Not thread-safe.
 */
public final class JobReply {
    private static final int MOST_JOBS = 10_000;

    /**
     * The most bytes of an answer, with what login scripts print. They are enough for thousands of
     * jobs.
     */
    private static final int LONGEST = 16 << 20;

    private final ScriptStreams streams;
    private final List<JobStatus> jobs = new ArrayList<>();

    // Mutable state
    private String end = "";
    private long length;

    /**
     * @param nonce of the command
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

    /** Whether the script has written its last line. Nothing that follows counts. */
    public boolean over() {
        return !end.isEmpty();
    }

    /** Whether there is so much other output that reading is given up. */
    public boolean tooLong() {
        return length > LONGEST;
    }

    /** Whether the script came to its end, so that its answer is complete. */
    public boolean complete() {
        return end.startsWith("end ");
    }

    /** Whether the job that was to be cancelled has ended, with its whole process group. */
    public boolean cancelled() {
        return complete();
    }

    /** The jobs that the answer lists. */
    public List<JobStatus> jobs() {
        return List.copyOf(jobs);
    }

    /**
     * Why the answer is not complete, for an error message: the script's refusal, or else the last
     * line that it did not write.
     */
    public String failure() {
        return Optional.of(end)
                .filter(text -> text.startsWith("refused "))
                .or(() -> Optional.of(streams.lastForeignLine()).filter(text -> !text.isEmpty()))
                .orElse("no output");
    }
}
