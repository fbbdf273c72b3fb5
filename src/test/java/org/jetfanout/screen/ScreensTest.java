package org.jetfanout.screen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.runner.Outcome.CHANGED;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.testkit.Fixture.GUID;
import static org.jetfanout.testkit.Fixture.START;
import static org.jetfanout.testkit.Fixture.frame;
import static org.jetfanout.testkit.Fixture.plan;
import static org.jetfanout.testkit.Fixture.result;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Json;
import org.jetfanout.record.RunEvent;
import org.jetfanout.runner.Stream;
import org.jetfanout.status.Progress;
import org.jetfanout.status.RunStatus;
import org.junit.jupiter.api.Test;

class ScreensTest {
    private static final Clock CLOCK = Clock.fixed(START, ZoneOffset.UTC);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void thePlainScreenHasALineAChange() {
        PlainScreen screen = new PlainScreen(out, err, options(Optional.empty()), false, CLOCK);
        screen.run(GUID);
        screen.planned(new RunEvent.Planned(plan(2, 3)));
        screen.state(new RunEvent.State("0001", "w1", BatchState.RUNNING, ""));
        screen.state(new RunEvent.State("0002", "w2", BatchState.RECONNECTING, "reset by peer"));
        screen.result(new RunEvent.Result(result(1, BatchState.ENDED, OK, FAILED)));
        screen.result(new RunEvent.Result(result(2, BatchState.INCOMPLETE, OK, CHANGED, CHANGED)));
        assertThat(text(err))
                .isEqualTo(
                        """
                        2026-01-02T03:04:05+00:00 GUID plan: 5 hosts, 2 workers, 1 host skipped (in no group of the worker map)
                        2026-01-02T03:04:05+00:00 GUID w1 batch 0001: running
                        2026-01-02T03:04:05+00:00 GUID w2 batch 0002: reconnecting, reset by peer
                        2026-01-02T03:04:05+00:00 GUID w1 batch 0001: ended after 01:12, 2 hosts: 1 ok, 1 failed
                        2026-01-02T03:04:05+00:00 GUID w2 batch 0002: incomplete after 01:12, 3 hosts: 1 ok, 2 changed, output incomplete, why incomplete
                        """
                                .replace("GUID", GUID));
        assertThat(text(out)).isEqualTo(GUID + "\n");
    }

    @Test
    void linesAreTaggedAndHarmless() {
        PlainScreen screen = new PlainScreen(out, err, options(Optional.empty()), false, CLOCK);
        screen.run(GUID);
        screen.output(new RunEvent.Output(frame(1, 0, "\u001b[36mone\u001b[39m\ntw")));
        screen.output(new RunEvent.Output(frame(2, 0, "\u001b]0;x\u0007\n")));
        screen.output(new RunEvent.Output(frame(1, 16, "o\nrest")));
        screen.output(
                new RunEvent.Output(
                        frame(1, Stream.EVENTS, 0, "{}\n".getBytes(StandardCharsets.UTF_8))));
        screen.result(new RunEvent.Result(result(1, BatchState.ENDED, OK)));
        assertThat(text(out))
                .isEqualTo(
                        """
                        GUID
                        GUID w1: one
                        GUID w2: ^[]0;x\\x07
                        GUID w1: two
                        GUID w1: rest
                        """
                                .replace("GUID", GUID));
    }

    @Test
    void coloursStayOnATerminal() {
        PlainScreen screen = new PlainScreen(out, err, options(Optional.empty()), true, CLOCK);
        screen.output(new RunEvent.Output(frame(1, 0, "\u001b[36mone\n")));
        assertThat(text(out)).isEqualTo(GUID + " w1: \u001b[36mone\u001b[0m\n");
    }

    @Test
    void linesCanBeSwitchedOff() {
        PlainScreen screen = new PlainScreen(out, err, options(Optional.of(false)), false, CLOCK);
        screen.run(GUID);
        screen.output(new RunEvent.Output(frame(1, 0, "one\n")));
        assertThat(text(out)).isEqualTo(GUID + "\n");
    }

    @Test
    void hostileNamesCannotSteerTheTerminal() {
        PlainScreen screen = new PlainScreen(out, err, options(Optional.empty()), true, CLOCK);
        screen.run(GUID);
        screen.state(
                new RunEvent.State(
                        "0001", "w\u001b[2J\u202e\n", BatchState.LOST, "bad\u0007\nnews"));
        assertThat(text(err))
                .isEqualTo(
                        "2026-01-02T03:04:05+00:00 "
                                + GUID
                                + " w^[[2J<U+202E>\\x0a batch 0001: lost, bad\\x07\\x0anews\n");
    }

    @Test
    void theQuietScreenHasGuidAndSummaryOnly() {
        QuietScreen screen = new QuietScreen(out, err, options(Optional.empty()));
        screen.run(GUID);
        screen.planned(new RunEvent.Planned(plan(2)));
        screen.state(new RunEvent.State("0001", "w1", BatchState.RUNNING, ""));
        screen.output(new RunEvent.Output(frame(1, 0, "one\n")));
        screen.result(new RunEvent.Result(result(1, BatchState.ENDED, OK, OK)));
        assertThat(text(out)).isEqualTo(GUID + "\n");
        assertThat(text(err)).isEmpty();
        screen.summary(RunStatus.withoutPlan(GUID, org.jetfanout.ExitCode.CONFIGURATION));
        assertThat(text(err)).startsWith("run " + GUID + ": ended, no hosts, exit code 78\n");
    }

    @Test
    void jsonIsOneObjectARecord() throws IOException {
        JsonScreen screen = new JsonScreen(out, CLOCK);
        screen.run(GUID);
        screen.planned(new RunEvent.Planned(plan(2)));
        screen.state(new RunEvent.State("0001", "w1", BatchState.RUNNING, "d"));
        screen.output(new RunEvent.Output(frame(1, 0, "\u001b[36mone\u001b[39m\n\u009b2Jtail")));
        screen.output(
                new RunEvent.Output(
                        frame(
                                1,
                                Stream.EVENTS,
                                0,
                                "{\"event\":\"TASK_START\",\"x\":\"\\u001b\u202e\"}\nno json\n[1]\n{\"a\":\n"
                                        .getBytes(StandardCharsets.UTF_8))));
        screen.result(new RunEvent.Result(result(1, BatchState.ENDED, OK, FAILED)));
        screen.summary(RunStatus.withoutPlan(GUID, org.jetfanout.ExitCode.FAILED));
        List<JsonNode> records = new ArrayList<>();
        for (String line : text(out).split("\n", -1)) {
            if (!line.isEmpty()) {
                assertThat(line).doesNotContainPattern("[\\x00-\\x1f\\x7f-\\x9f\u202e]");
                records.add(Json.mapper().readTree(line));
            }
        }
        assertThat(records)
                .extracting(record -> record.path("type").asText())
                .containsExactly(
                        "run", "plan", "state", "line", "event", "event", "event", "event", "line",
                        "result", "result", "batch", "");
        assertThat(records).allMatch(record -> record.path("guid").asText().equals(GUID));
        assertThat(records.get(0).fieldNames()).toIterable().startsWith("type", "guid");
        assertThat(records.get(3).path("line").asText()).isEqualTo("one");
        assertThat(records.get(4).at("/event/event").asText()).isEqualTo("TASK_START");
        assertThat(records.get(5).path("line").asText()).isEqualTo("no json");
        assertThat(records.get(7).path("line").asText()).isEqualTo("{\"a\":");
        assertThat(records.get(8).path("line").asText()).isEqualTo("tail");
        assertThat(records.get(10).path("reason").asText()).isEqualTo("rc 2: no such file");
        assertThat(records.get(11).path("state").asText()).isEqualTo("ended");
        assertThat(records.get(12).fieldNames())
                .toIterable()
                .containsExactly("guid", "state", "exitCode", "totals", "workers");
    }

    @Test
    void fiftyThreadsDoNotMixTheirLines() throws Exception {
        PlainScreen screen = new PlainScreen(out, err, options(Optional.empty()), false, CLOCK);
        ExecutorService threads = Executors.newFixedThreadPool(50);
        List<Future<?>> done = new ArrayList<>();
        for (int batch = 1; batch <= 50; batch++) {
            int number = batch;
            done.add(
                    threads.submit(
                            () -> {
                                long at = 0;
                                for (int i = 0; i < 100; i++) {
                                    String piece = (i % 2 == 0 ? "left" : "right\n");
                                    screen.output(new RunEvent.Output(frame(number, at, piece)));
                                    at += piece.length();
                                }
                            }));
        }
        for (Future<?> one : done) {
            one.get();
        }
        threads.shutdown();
        List<String> lines = text(out).lines().toList();
        assertThat(lines).hasSize(50 * 50);
        assertThat(lines).allMatch(line -> line.matches(GUID + " w\\d+: leftright"));
    }

    @Test
    void aClosedStandardOutputDoesNotStopTheRun() {
        int[] calls = {0};
        OutputStream closed =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        calls[0]++;
                        throw new IOException("Broken pipe");
                    }
                };
        PlainScreen screen = new PlainScreen(closed, err, options(Optional.empty()), false, CLOCK);
        screen.run(GUID);
        screen.output(new RunEvent.Output(frame(1, 0, "one\n")));
        assertThat(calls[0]).isEqualTo(1);
    }

    @Test
    void theScreenIsChosenByTerminalAndEnvironment() {
        Map<String, String> xterm = Map.of("TERM", "xterm-256color");
        assertThat(open(xterm, true)).isInstanceOf(LiveScreen.class);
        assertThat(open(xterm, false)).isInstanceOf(PlainScreen.class);
        assertThat(open(Map.of("TERM", "dumb"), true)).isInstanceOf(PlainScreen.class);
        assertThat(open(Map.of(), true)).isInstanceOf(PlainScreen.class);
        assertThat(open(Map.of("TERM", "xterm", "NO_COLOR", "1"), true))
                .isInstanceOf(PlainScreen.class);
        assertThat(open(Map.of("TERM", "xterm", "NO_COLOR", ""), true))
                .isInstanceOf(LiveScreen.class);
        assertThat(
                        new ScreenOptions(
                                        true,
                                        false,
                                        Optional.empty(),
                                        Path.of("r"),
                                        String::valueOf)
                                .open(xterm, true, true, out, err, new Progress()))
                .isInstanceOf(JsonScreen.class);
        assertThat(
                        new ScreenOptions(
                                        false,
                                        true,
                                        Optional.empty(),
                                        Path.of("r"),
                                        String::valueOf)
                                .open(xterm, true, true, out, err, new Progress()))
                .isInstanceOf(QuietScreen.class);
    }

    @Test
    void aRefusedBatchHasNoExitCode() throws IOException {
        JsonScreen screen = new JsonScreen(out, CLOCK);
        screen.result(
                new RunEvent.Result(
                        new BatchResult(
                                "0001",
                                "w1",
                                BatchState.REFUSED,
                                OptionalInt.empty(),
                                true,
                                List.of(),
                                START,
                                START,
                                "runner not found")));
        assertThat(Json.mapper().readTree(text(out)).path("exitCode").isNull()).isTrue();
    }

    private Screen open(Map<String, String> environment, boolean terminal) {
        return options(Optional.empty())
                .open(environment, terminal, terminal, out, err, new Progress());
    }

    private static ScreenOptions options(Optional<Boolean> lines) {
        return new ScreenOptions(
                false, false, lines, Path.of("/r"), hosts -> String.join(",", hosts));
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
