package org.jetfanout.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.testkit.Fixture.START;
import static org.jetfanout.testkit.Fixture.frame;
import static org.jetfanout.testkit.Fixture.plan;
import static org.jetfanout.testkit.Fixture.result;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.RunEvent;
import org.jetfanout.runner.Stream;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final Progress progress = new Progress(Clock.fixed(START, ZoneOffset.UTC));

    @Test
    void countsWhatItIsTold() {
        progress.planned(new RunEvent.Planned(plan(2, 3, 1)));
        assertThat(progress.snapshot().totals()).isEqualTo(Counts.waiting(6));
        progress.state(new RunEvent.State("0001", "w1", BatchState.RUNNING, ""));
        progress.tally(new RunEvent.Tally("0001", new Counts(2, 1, 0, 0, 0, 1)));
        progress.result(new RunEvent.Result(result(2, BatchState.ENDED, OK, OK, FAILED)));
        Progress.Snapshot now = progress.snapshot();
        assertThat(now.totals()).isEqualTo(new Counts(6, 3, 0, 1, 0, 2));
        assertThat(now.states())
                .isEqualTo(
                        Map.of(
                                BatchState.QUEUED, 1,
                                BatchState.RUNNING, 1,
                                BatchState.ENDED, 1));
        assertThat(now.batches())
                .extracting(Progress.BatchProgress::batch)
                .containsExactly("0001", "0002", "0003");
        assertThat(progress.tallies()).containsOnlyKeys("0001");
    }

    @Test
    void aLateTallyDoesNotUndoAResult() {
        progress.planned(new RunEvent.Planned(plan(2)));
        progress.result(new RunEvent.Result(result(1, BatchState.ENDED, OK, OK)));
        progress.tally(new RunEvent.Tally("0001", Counts.waiting(2)));
        assertThat(progress.snapshot().totals().ok()).isEqualTo(2);
    }

    @Test
    void timeRunsFromTheQueueToTheEnd() {
        progress.planned(new RunEvent.Planned(plan(1)));
        assertThat(progress.snapshot().batches().get(0).time(START)).isEmpty();
        progress.state(new RunEvent.State("0001", "w1", BatchState.CONNECTING, ""));
        assertThat(progress.snapshot().batches().get(0).time(START.plusSeconds(5)))
                .hasValueSatisfying(time -> assertThat(time).hasSeconds(5));
        progress.result(new RunEvent.Result(result(1, BatchState.ENDED, OK)));
        assertThat(progress.snapshot().batches().get(0).time(START.plusSeconds(500)))
                .hasValueSatisfying(time -> assertThat(time).hasSeconds(72));
    }

    @Test
    void theLastLineIsOneThatSaysSomething() {
        progress.planned(new RunEvent.Planned(plan(1)));
        progress.output(
                new RunEvent.Output(
                        frame(
                                1,
                                0,
                                "> begin task: x\n-------\n\n\u001b[36m \u001b[39m\nhalf a li")));
        assertThat(lastLine()).isEqualTo("> begin task: x");
        progress.output(new RunEvent.Output(frame(1, 60, "no whole line")));
        assertThat(lastLine()).isEqualTo("> begin task: x");
        progress.output(
                new RunEvent.Output(
                        new org.jetfanout.record.Frame(
                                "g",
                                "0001",
                                "w1",
                                Stream.EVENTS,
                                0,
                                "{}\n1\n".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                START)));
        assertThat(lastLine()).isEqualTo("> begin task: x");
        progress.output(new RunEvent.Output(frame(1, 70, "x".repeat(100_000) + "\n")));
        assertThat(lastLine()).hasSize(1024);
    }

    @Test
    void anotherPlanKeepsWhatIsKnown() {
        progress.planned(new RunEvent.Planned(plan(2, 3)));
        progress.result(new RunEvent.Result(result(1, BatchState.ENDED, OK, OK)));
        progress.planned(new RunEvent.Planned(plan(2)));
        assertThat(progress.snapshot().totals()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(progress.snapshot().batches()).hasSize(1);
    }

    @Test
    void whatIsNotInThePlanIsPassedOver() {
        progress.state(new RunEvent.State("0009", "w9", BatchState.RUNNING, ""));
        progress.output(new RunEvent.Output(frame(9, 0, "x\n")));
        progress.tally(new RunEvent.Tally("0009", Counts.waiting(1)));
        assertThat(progress.snapshot().batches()).isEmpty();
    }

    @Test
    void countsAddUp() {
        assertThatThrownBy(() -> new Counts(2, 1, 0, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Counts(0, 1, 0, -1, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private String lastLine() {
        return progress.snapshot().batches().get(0).lastLine();
    }
}
