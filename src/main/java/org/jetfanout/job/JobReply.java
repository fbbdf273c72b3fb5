package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;

/**
 * What a worker answers to status, clean and cancel. Keeps at most 1 MiB of it. Not thread-safe.
 */
public final class JobReply {
    private static final int LONGEST = 1 << 20;

    private final Answer stdout;
    private final Answer stderr;

    // Mutable state
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    /**
     * @param nonce the one that the command got
     */
    public JobReply(String nonce) {
        this.stdout = new Answer(nonce, false);
        this.stderr = new Answer(nonce, true);
    }

    /** Takes the next bytes of a stream. */
    public void read(boolean ofStderr, byte[] bytes) {
        byte[] log = (ofStderr ? stderr : stdout).read(bytes);
        if (!ofStderr) {
            text.write(log, 0, Math.min(log.length, LONGEST - text.size()));
        }
    }

    /** Whether the script came to its end: then what it said is all. */
    public boolean complete() {
        return stderr.end().isPresent();
    }

    /** Whether a job that was to be cancelled is gone, with all of its process group. */
    public boolean cancelled() {
        return stderr.end().filter(end -> end.startsWith("end ")).isPresent();
    }

    /** The jobs that it told of. */
    public List<JobStatus> jobs() {
        return text.toString(UTF_8).lines().map(JobStatus::of).flatMap(Optional::stream).toList();
    }

    /** What the script, or whatever stood before it, had to say otherwise: for an error message. */
    public String talk() {
        return stderr.header()
                .filter(header -> header.startsWith("refused "))
                .orElseGet(() -> Job.lastLine(stderr.noise()));
    }
}
