package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.testkit.TestJob;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that brings a file: what a worker may say of it, and what follows from that. */
class JobPayloadTest {
    private static final Pattern COMMAND =
            Pattern.compile("jet-fanout (start|attach) ([0-9a-f]{32}) (\\d+) (\\d+)");
    private static final int SIZE = 1000;

    private Instant now = Instant.EPOCH;
    private Job job;
    private String verb;
    private String mark;

    @BeforeEach
    void begin() {
        job =
                new Job(
                        TestJob.of("true")
                                .payload(new byte[SIZE])
                                .reconnectTimeout(Duration.ofMinutes(5))
                                .spec(),
                        new Cksum(),
                        new Cksum(),
                        false,
                        () -> now,
                        new Random(1));
        connect();
    }

    private void connect() {
        Matcher command = COMMAND.matcher(job.command());
        assertThat(command.find()).isTrue();
        verb = command.group(1);
        int sum = Integer.parseInt(command.group(3)) + Integer.parseInt(command.group(4));
        mark = "jet-fanout " + command.group(2) + " " + sum + " ";
        says("hello");
    }

    private void says(String line) {
        job.read(false, (mark + line + "\n").getBytes(UTF_8));
    }

    @Test
    void nothingIsSentBeforeTheWorkerSaysWhatItHas() {
        assertThat(job.takesBundle()).isFalse();
        says("has 400");
        assertThat(job.takesBundle()).isTrue();
        assertThat(job.payloadFrom()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"has 1001", "has -1", "has ", "has x", "has 99999999999999999999"})
    void whatItCannotHaveIsNotBelieved(String line) {
        says(line);
        assertThat(job.takesBundle()).isFalse();
        assertThat(job.end().reason()).startsWith("protocol error of the worker");
    }

    @Test
    void saidTwiceItIsNotBelieved() {
        says("has 1");
        says("has 2");
        assertThat(job.end().state()).isEqualTo(State.LOST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"has 0", "verifying"})
    void aJobWithoutAFileHasNone(String line) {
        job = new Job(TestJob.of("true").spec(), 0, 0, false);
        connect();
        says(line);
        assertThat(job.end().reason()).startsWith("protocol error of the worker");
    }

    /** Before the last byte is sent, nothing can have been started: it is started again. */
    @Test
    void whatWasNotSentWasNotStarted() {
        says("has 0");
        job.broken(new IOException("reset"));
        assertThat(job.mayHaveStarted()).isFalse();
        connect();
        assertThat(verb).isEqualTo("start");
        says("has 10");
        job.payloadSent();
        job.broken(new IOException("reset"));
        assertThat(job.mayHaveStarted()).isTrue();
        connect();
        assertThat(verb).isEqualTo("attach");
    }

    /** A file may take longer than the worker may be away, in many connections. */
    @Test
    void aFileThatComesOnEndsAnOutage() {
        for (int has = 0; has < SIZE; has += 100) {
            says("has " + has);
            now = now.plus(Duration.ofMinutes(4));
            job.broken(new IOException("reset"));
            assertThat(job.open()).isTrue();
            connect();
        }
        // and one that does not come on is given up
        for (int i = 0; i < 3 && job.open(); i++) {
            says("has 900");
            now = now.plus(Duration.ofMinutes(4));
            job.broken(new IOException("reset"));
            if (job.open()) {
                connect();
            }
        }
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().mayHaveStarted()).isFalse();
    }

    @Test
    void aWorkerThatVerifiesIsWaitedForButNotForEver() {
        says("has 0");
        for (int i = 0; i < 720; i++) {
            now = now.plusSeconds(10);
            says("verifying");
            assertThat(job.answerBy()).contains(now.plusSeconds(60));
        }
        says("verifying");
        assertThat(job.open()).isFalse();
    }
}
