package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.testkit.TestJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a job makes of a worker that waits between plays; the test says each of its words itself.
 */
class JobAtBarrierTest {
    private static final Pattern COMMAND =
            Pattern.compile("jet-fanout (start|attach|cancel) ([0-9a-f]{32}) (\\d+) (\\d+) ");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String END = "end exit=0 output=0:4294967295 events=0:4294967295";

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private Instant now = Instant.EPOCH;
    private Job job = job(false, 2, 4, 5);

    // Mutable state: of the last command
    private String mark = "";

    private Job job(boolean mayHaveStarted, Integer... barriers) {
        return new Job(
                spec(barriers), new Cksum(), new Cksum(), mayHaveStarted, () -> now, new Random(5));
    }

    private static JobSpec spec(Integer... barriers) {
        return TestJob.of("jetp").jobTimeout(HOUR).barriers(barriers).spec();
    }

    private void connects(String begins) {
        Matcher match = COMMAND.matcher(job.command());
        assertThat(match.find()).isTrue();
        int sum = Integer.parseInt(match.group(3)) + Integer.parseInt(match.group(4));
        mark = "jet-fanout " + match.group(2) + " " + sum + " ";
        job.decisionsGoTo(sent::writeBytes);
        says("hello", begins);
    }

    private void says(String... lines) {
        for (String line : lines) {
            job.read(false, (mark + line + "\n").getBytes(UTF_8));
        }
    }

    private void reconnects() {
        job.broken(new IOException("reset"));
        connects("attached");
    }

    /** What has gone to the worker since. */
    private String sent() {
        String text = sent.toString(UTF_8);
        sent.reset();
        return text;
    }

    private void protocolError() {
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().reason())
                .startsWith("protocol error of the worker: the job cannot have come to '");
    }

    @Test
    void goesOnWhenItIsTold() {
        connects("started");
        assertThat(job.atBarrier()).isEmpty();
        says("barrier 2");
        assertThat(job.atBarrier()).hasValue(2);
        assertThat(sent()).isEmpty();
        job.go(2);
        assertThat(sent()).isEqualTo("go 2\n");
        assertThat(job.atBarrier()).isEmpty();
        job.go(2);
        assertThat(sent()).isEmpty();
        says("passed 2");
        assertThat(job.passed()).isEqualTo(2);
        says("barrier 5");
        assertThat(job.atBarrier()).hasValue(5);
        job.go(5);
        assertThat(sent()).isEqualTo("go 5\n");
        says(END);
        assertThat(job.end().state()).isEqualTo(State.ENDED);
    }

    @Test
    void whatIsOpenAlreadyHoldsUpNobody() {
        connects("started");
        job.go(4);
        says("barrier 2", "passed 2", "barrier 4");
        assertThat(sent()).isEqualTo("go 2\ngo 4\n");
        assertThat(job.atBarrier()).isEmpty();
        assertThat(job.deadline()).hasValue(Instant.EPOCH.plus(HOUR));
    }

    /** Nobody knows whether it arrived: it goes once more. */
    @Test
    void aDecisionGoesOnceAConnectionUntilTheWorkerHasActedOnIt() {
        connects("started");
        says("barrier 2");
        job.go(2);
        assertThat(sent()).isEqualTo("go 2\n");
        reconnects();
        assertThat(sent()).isEmpty();
        says("barrier 2");
        assertThat(sent()).isEqualTo("go 2\n");
        assertThat(job.atBarrier()).isEmpty();
        reconnects();
        says("passed 2");
        assertThat(sent()).isEmpty();
        says("barrier 4");
        reconnects();
        job.go(4);
        assertThat(sent()).isEmpty();
        says("barrier 4");
        assertThat(sent()).isEqualTo("go 4\n");
    }

    /** As in a new process. */
    @Test
    void whoAttachesBelievesWhereItStands() {
        job = job(true, 2, 4, 5);
        connects("attached");
        says("stands 2 4", "barrier 5");
        assertThat(job.passed()).isEqualTo(4);
        assertThat(job.atBarrier()).hasValue(5);
        job.go(5);
        assertThat(sent()).isEqualTo("go 5\n");
        says("passed 5", END);
        assertThat(job.end().state()).isEqualTo(State.ENDED);
    }

    @Test
    void whoAttachesToAJobWithoutRunnerDecides() {
        job = job(true, 2, 4, 5);
        connects("attached");
        says("stands 2 4", "runner-ended 2 1");
        assertThat(job.runnerEnded()).hasValue(new RunnerEnd(2, 1));
        job.close();
        assertThat(sent()).isEqualTo("close 2\n");
        assertThat(job.runnerEnded()).isEmpty();
    }

    /** The connection broke before the worker could say what it did. */
    @Test
    void whatItDidMeanwhileIsKnownAfterwards() {
        connects("started");
        says("barrier 2");
        job.go(2);
        reconnects();
        says("stands 1 2", "runner-ended 1 3");
        assertThat(job.passed()).isEqualTo(2);
        job.again("files".getBytes(UTF_8));
        sent.reset();
        reconnects();
        says("stands 2 2", "barrier 4");
        assertThat(job.atBarrier()).hasValue(4);
        assertThat(sent()).isEmpty();
        says("runner-ended 2 137");
        assertThat(job.runnerEnded()).hasValue(new RunnerEnd(2, 137));
        job.stop();
        assertThat(sent()).isEqualTo("close 2\n");
    }

    @Test
    void startsOnceMore() {
        connects("started");
        job.again("early".getBytes(UTF_8));
        says("runner-ended 1 1");
        assertThat(job.runnerEnded()).hasValue(new RunnerEnd(1, 1));
        assertThat(job.deadline()).isEmpty();
        job.again("files".getBytes(UTF_8));
        assertThat(sent()).isEqualTo("again 2 5\nfiles");
        assertThat(job.runnerEnded()).isEmpty();
        assertThat(job.deadline()).isPresent();
        reconnects();
        says("stands 1 0", "runner-ended 1 1");
        assertThat(sent()).isEqualTo("again 2 5\nfiles");
        says("again 2", "barrier 2");
        assertThat(job.atBarrier()).hasValue(2);
        job.go(2);
        assertThat(sent()).isEqualTo("go 2\n");
        says("passed 2", "runner-ended 2 1");
        assertThat(job.runnerEnded()).hasValue(new RunnerEnd(2, 1));
    }

    @Test
    void isStopped() {
        connects("started");
        job.stop();
        says("barrier 4");
        assertThat(sent()).isEqualTo("stop 4\n");
        assertThat(job.atBarrier()).isEmpty();
        says("stopped 4", END);
        assertThat(job.end().state()).isEqualTo(State.ENDED);
    }

    @Test
    void isCancelledAtTheBarrier() {
        connects("started");
        says("barrier 2");
        job.cancel();
        assertThat(job.atBarrier()).isEmpty();
        job.go(2);
        assertThat(sent()).isEmpty();
        job.broken(new IOException("closed"));
        assertThat(job.command()).contains("jet-fanout cancel ");
        assertThat(job.wantsStdin()).isFalse();
    }

    @Test
    void whatItsStdinIsFor() {
        connects("started");
        assertThat(job.wantsStdin()).isTrue();
        reconnects();
        assertThat(job.wantsBundle()).isFalse();
        assertThat(job.wantsStdin()).isTrue();
        job = job(true);
        connects("attached");
        assertThat(job.wantsStdin()).isFalse();
        job = job(false);
        connects("started");
        assertThat(job.takesBundle()).isFalse();
    }

    /** What is decided goes behind the bundle: so the bundle goes, though the job is there. */
    @Test
    void takesTheBundleThoughTheJobIsThere() {
        connects("attached");
        assertThat(job.takesBundle()).isTrue();
    }

    @Test
    void withoutBarriersTheWordsAreNone() {
        job = job(false);
        connects("started");
        says("barrier 2");
        protocolError();
    }

    @Test
    void barriersHaveAnOrder() {
        for (Integer[] wrong : new Integer[][] {{1}, {0}, {3, 2}, {2, 2}}) {
            assertThatIllegalArgumentException().isThrownBy(() -> spec(wrong));
        }
    }

    @Test
    void timeAtABarrierDoesNotCount() {
        connects("started");
        now = now.plusSeconds(600);
        says("barrier 2");
        assertThat(job.deadline()).isEmpty();
        now = now.plus(Duration.ofDays(3));
        assertThat(job.overdue()).isFalse();
        reconnects();
        assertThat(job.deadline()).isEmpty();
        says("barrier 2");
        job.go(2);
        assertThat(job.deadline()).hasValue(now.plusSeconds(3000));
        now = now.plusSeconds(1000);
        says("passed 2", "barrier 4");
        now = now.plus(HOUR);
        job.stop();
        assertThat(job.deadline()).hasValue(now.plusSeconds(2000));
        now = now.plusSeconds(2000);
        assertThat(job.overdue()).isTrue();
    }

    /** Whoever repeats himself, or speaks of what the job has not, gains nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "barrier 3",
                "barrier 7",
                "barrier 1",
                "barrier 0",
                "barrier -2",
                "barrier x",
                "barrier 99999999999",
                "barrier 2,barrier 2",
                "barrier 2,barrier 4",
                "barrier 4,barrier 2",
                "passed 2",
                "barrier 2,passed 2",
                "barrier 2,passed 4",
                "stopped 2",
                "barrier 2,stopped 2",
                "again 2",
                "barrier 2,again 2",
                "runner-ended 2 0",
                "runner-ended 0 0",
                "runner-ended 1",
                "runner-ended 1 256",
                "runner-ended 1 0,runner-ended 1 0",
                "runner-ended 1 0,barrier 2",
                "runner-ended 1 0,again 2",
                "barrier 2,runner-ended 1 0,barrier 2",
                "stands 1 2",
                "stands 2 0",
                "barrier 2,stands 1 0",
            })
    void whatCannotBeIsAProtocolError(String steps) {
        connects("started");
        says(steps.split(",", -1));
        protocolError();
    }

    /** The same after the job was opened, and on another connection. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "stands 1 2,barrier 2",
                "stands 1 4",
                "stands 1 3",
                "stands 2 2",
                "stands 1 2,stands 1 2",
                "barrier 4",
                "barrier 2,barrier 2",
                "passed 2,passed 2",
                "passed 2,barrier 2",
            })
    void whatCannotBeAfterABarrierEither(String steps) {
        connects("started");
        says("barrier 2");
        job.go(2);
        reconnects();
        says(steps.split(",", -1));
        protocolError();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stands 5 0", "stands 0 0", "stands 1 3", "stands 1", "barrier 3"})
    void norWhereNothingIsKnown(String steps) {
        job = job(true, 2, 4, 5);
        connects("attached");
        says(steps.split(",", -1));
        protocolError();
    }
}
