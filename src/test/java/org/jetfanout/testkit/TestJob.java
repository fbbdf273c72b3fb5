package org.jetfanout.testkit;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jetfanout.job.JobSpec;
import org.jetfanout.job.JobSpec.Packed;
import org.jetfanout.runner.Payload;

/**
 * Makes the job that a test wants; what it does not say is as most want it: batch 0001 of a run of
 * its own, a plain tar, no agent, no deadline. Not thread-safe.
 */
public final class TestJob {
    private final List<String> words;

    // Mutable state
    private String guid = UUID.randomUUID().toString();
    private String batch = "0001";
    private Map<String, String> env = Map.of();
    private Packed packed = Packed.TAR;
    private boolean agent;
    private OptionalInt maxJobs = OptionalInt.empty();
    private Duration reconnectTimeout = Duration.ofMinutes(1);
    private Duration jobTimeout = Duration.ZERO;
    private List<Integer> barriers = List.of();
    private Optional<Payload> payload = Optional.empty();

    private TestJob(List<String> words) {
        this.words = words;
    }

    /** One whose runner is this command line. */
    public static TestJob of(String... words) {
        return new TestJob(List.of(words));
    }

    /** One whose runner is a shell script. */
    public static TestJob script(String script) {
        return of("sh", "-c", script, "runner");
    }

    public TestJob guid(String guid) {
        this.guid = guid;
        return this;
    }

    public TestJob batch(String batch) {
        this.batch = batch;
        return this;
    }

    public TestJob env(Map<String, String> env) {
        this.env = env;
        return this;
    }

    public TestJob packed(Packed packed) {
        this.packed = packed;
        return this;
    }

    public TestJob agent(boolean agent) {
        this.agent = agent;
        return this;
    }

    /** How many jobs may run at a time; 0: any number. */
    public TestJob maxJobs(int maxJobs) {
        this.maxJobs = maxJobs == 0 ? OptionalInt.empty() : OptionalInt.of(maxJobs);
        return this;
    }

    public TestJob reconnectTimeout(Duration reconnectTimeout) {
        this.reconnectTimeout = reconnectTimeout;
        return this;
    }

    public TestJob jobTimeout(Duration jobTimeout) {
        this.jobTimeout = jobTimeout;
        return this;
    }

    /** The plays before which it waits. */
    public TestJob barriers(Integer... barriers) {
        this.barriers = List.of(barriers);
        return this;
    }

    /** The file that it brings to its hosts. */
    public TestJob payload(byte[] bytes) {
        try {
            String sha256 =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            this.payload = Optional.of(new Payload(Path.of("/no/file"), bytes.length, "", sha256));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    public JobSpec spec() {
        return new JobSpec(
                guid,
                batch,
                "worker1",
                words,
                env,
                "JET_LOG",
                packed,
                agent,
                maxJobs,
                Duration.ofDays(7),
                reconnectTimeout,
                jobTimeout,
                Duration.ofSeconds(30),
                1L << 30,
                barriers,
                payload);
    }
}
