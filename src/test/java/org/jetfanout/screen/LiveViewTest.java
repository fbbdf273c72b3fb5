package org.jetfanout.screen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.runner.Outcome.UNFINISHED;
import static org.jetfanout.testkit.Fixture.GUID;
import static org.jetfanout.testkit.Fixture.START;
import static org.jetfanout.testkit.Fixture.frame;
import static org.jetfanout.testkit.Fixture.plan;
import static org.jetfanout.testkit.Fixture.result;

import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunRecord;
import org.jetfanout.status.Progress;
import org.jetfanout.text.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveViewTest {
    private final Progress progress = new Progress(Clock.fixed(START, ZoneOffset.UTC));

    @Test
    void hasALineAWorkerAndABar() {
        progress.planned(new RunEvent.Planned(plan(4, 4, 2)));
        progress.state(new RunEvent.State("0001", "w1", BatchState.RUNNING, ""));
        progress.tally(new RunEvent.Tally("0001", new Counts(4, 1, 1, 1, 0, 1)));
        progress.output(
                new RunEvent.Output(frame(1, 0, "\u001b[34m\u2713 h1-1 => complete\u001b[39m\n")));
        progress.result(new RunEvent.Result(result(2, BatchState.ENDED, OK, OK, OK, OK)));
        assertThat(lines(100, 24))
                .containsExactly(
                        "run " + GUID + "  01:30  3 workers",
                        "w1 running              3/4 1 failed       01:30  \u2713 h1-1 => complete",
                        "w2 ended                4/4                01:12",
                        "w3 queued               0/2                    -",
                        "[#####################---------]  70%  7/10 hosts, 5 ok, 1 changed, 1"
                                + " failed");
    }

    @Test
    void saysWhatIsDoneBeforeThereIsAPlan() {
        assertThat(
                        LiveView.doing(
                                GUID,
                                START,
                                "packing: 12 of 300 batches\u001b[2J",
                                START.plusSeconds(90),
                                new Terminal.Size(100, 24)))
                .containsExactly("run " + GUID + "  01:30  packing: 12 of 300 batches");
        assertThat(LiveView.doing(GUID, START, "planning", START, new Terminal.Size(12, 24)))
                .allMatch(line -> line.length() < 12);
    }

    /** What another process came to is there, and times count from the first start. */
    @Test
    void goesOnWhereAnEarlierProcessStopped(@TempDir Path runs) {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(4, 4, 2));
            record.storeResult(result(2, BatchState.ENDED, OK, OK, OK, OK));
            progress.planned(new RunEvent.Planned(plan(4, 4, 2)));
            progress.resumed(
                    new RunEvent.Resumed(
                            record.results(), Map.of("0001", START.minusSeconds(600))));
            progress.state(new RunEvent.State("0001", "w1", BatchState.CONNECTING, ""));
        }
        assertThat(lines(100, 24))
                .containsExactly(
                        "run " + GUID + "  01:30  3 workers",
                        "w1 connecting           0/4                11:30",
                        "w2 ended                4/4                01:12",
                        "w3 queued               0/2                    -",
                        "[############------------------]  40%  4/10 hosts, 4 ok");
    }

    @Test
    void hasTotalsWhenWorkersDoNotFit() {
        int[] sizes = new int[1000];
        java.util.Arrays.fill(sizes, 2);
        progress.planned(new RunEvent.Planned(plan(sizes)));
        progress.state(new RunEvent.State("0005", "w5", BatchState.RUNNING, ""));
        progress.result(new RunEvent.Result(result(3, BatchState.LOST, UNFINISHED, UNFINISHED)));
        progress.result(new RunEvent.Result(result(4, BatchState.ENDED, OK, FAILED)));
        assertThat(lines(90, 10))
                .containsExactly(
                        "run " + GUID + "  01:30  1000 workers",
                        "workers: 997 queued, 1 running, 1 ended, 1 lost",
                        "w3 lost                 0/2                01:12  why lost",
                        "[------------------------------]   0%  2/2000 hosts, 1 ok, 1 failed");
    }

    @Test
    void neverIsWiderOrHigherThanTheTerminal() {
        progress.planned(new RunEvent.Planned(plan(4, 4, 2)));
        progress.output(
                new RunEvent.Output(
                        frame(1, 0, "\u65e5\u672c\u8a9e\ud83d\ude80\t\u0301e".repeat(50) + "\n")));
        progress.result(new RunEvent.Result(result(2, BatchState.LOST, OK, FAILED, OK, OK)));
        for (int columns = 1; columns < 160; columns++) {
            for (int rows = 1; rows < 10; rows++) {
                List<String> lines = lines(columns, rows);
                assertThat(lines).hasSizeLessThanOrEqualTo(Math.max(1, rows - 1));
                for (String line : lines) {
                    assertThat(Columns.width(line)).isLessThanOrEqualTo(Math.max(1, columns - 1));
                }
            }
        }
    }

    @Test
    void aHundredPercentIsAllAndNoLess() {
        int[] sizes = {1000};
        progress.planned(new RunEvent.Planned(plan(sizes)));
        progress.tally(new RunEvent.Tally("0001", new Counts(1000, 999, 0, 0, 0, 1)));
        assertThat(lines(100, 5)).last().asString().contains(" 99%  999/1000");
        progress.tally(new RunEvent.Tally("0001", new Counts(1000, 1000, 0, 0, 0, 0)));
        assertThat(lines(100, 5)).last().asString().contains("100%  1000/1000");
    }

    @Test
    void remoteTextIsHarmless() {
        progress.planned(new RunEvent.Planned(plan(1)));
        progress.output(new RunEvent.Output(frame(1, 0, "ok\u001b[2J\u009b2J\u202e\rx\u0007\n")));
        assertThat(String.join("", lines(200, 24)))
                .doesNotContainPattern("[\\x00-\\x1f\\x7f-\\x9f\u202e]");
    }

    @Test
    void columnsAreMeasured() {
        assertThat(Columns.width("abc")).isEqualTo(3);
        assertThat(Columns.width("\u65e5\u672c")).isEqualTo(4);
        assertThat(Columns.width("e\u0301")).isEqualTo(1);
        assertThat(Columns.cut("abcdef", 6)).isEqualTo("abcdef");
        assertThat(Columns.cut("abcdefg", 6)).isEqualTo("abcde~");
        assertThat(Columns.cut("\u65e5\u672c\u8a9e", 5)).isEqualTo("\u65e5\u672c~");
        assertThat(Columns.cut("\u65e5\u672c\u8a9e", 4)).isEqualTo("\u65e5~");
        assertThat(Columns.cut("abc", 0)).isEmpty();
        assertThat(Columns.fit("\u65e5", 4)).isEqualTo("\u65e5  ");
    }

    private List<String> lines(int columns, int rows) {
        return LiveView.lines(
                        GUID,
                        START,
                        progress.snapshot(),
                        START.plusSeconds(90),
                        new Terminal.Size(columns, rows))
                .stream()
                .map(Text::plain)
                .toList();
    }
}
