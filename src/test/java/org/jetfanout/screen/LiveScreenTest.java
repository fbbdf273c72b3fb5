package org.jetfanout.screen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.runner.Outcome.UNFINISHED;
import static org.jetfanout.testkit.Fixture.GUID;
import static org.jetfanout.testkit.Fixture.START;
import static org.jetfanout.testkit.Fixture.frame;
import static org.jetfanout.testkit.Fixture.plan;
import static org.jetfanout.testkit.Fixture.result;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.RunEvent;
import org.jetfanout.status.Progress;
import org.jetfanout.status.RunState;
import org.jetfanout.status.RunStatus;
import org.jetfanout.testkit.Emulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveScreenTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream tty = new ByteArrayOutputStream();
    private volatile Terminal.Size size = new Terminal.Size(80, 24);
    private final Clock clock = Clock.fixed(START, ZoneOffset.UTC);
    private final Progress progress = new Progress(clock);
    private LiveScreen screen;

    @AfterEach
    void close() {
        screen.close();
    }

    @Test
    void drawsOverItselfAndLeavesNothingBehind() {
        screen = screen(Optional.empty(), true);
        screen.run(GUID);
        tell(new RunEvent.Planned(plan(4, 4)));
        screen.tick();
        tell(new RunEvent.State("0001", "w1", BatchState.RUNNING, "a rather long detail"));
        screen.tick();
        tell(new RunEvent.State("0001", "w1", BatchState.RUNNING, "short"));
        screen.tick();
        Emulator emulator = emulator();
        assertThat(emulator.lines()).hasSize(5);
        assertThat(emulator.lines().get(0)).isEqualTo(GUID);
        assertThat(emulator.lines().get(2)).startsWith("w1 running").endsWith("  short");
        assertThat(emulator.lines().get(4)).startsWith("[-----").endsWith("0/8 hosts");
        assertThat(emulator.hasCursor()).isFalse();
        assertThat(emulator.wraps()).isTrue();
        screen.close();
        screen.close();
        assertThat(emulator().lines()).containsExactly(GUID);
        assertThat(emulator().hasCursor()).isTrue();
    }

    @Test
    void drawsNothingWhenNothingHasChanged() {
        screen = screen(Optional.empty(), true);
        screen.run(GUID);
        tell(new RunEvent.Planned(plan(4)));
        screen.tick();
        int written = tty.size();
        screen.tick();
        assertThat(tty.size()).isEqualTo(written);
    }

    @Test
    void troubleAndWantedLinesScrollAboveTheView() {
        screen = screen(Optional.of(true), true);
        screen.run(GUID);
        tell(new RunEvent.Planned(plan(2, 2)));
        screen.tick();
        tell(new RunEvent.Output(frame(1, 0, "one\ntwo\nhalf")));
        screen.tick();
        tell(new RunEvent.Result(result(1, BatchState.LOST, OK, UNFINISHED)));
        screen.tick();
        List<String> lines = emulator().lines();
        assertThat(lines)
                .startsWith(GUID, GUID + " w1: one", GUID + " w1: two", GUID + " w1: half");
        // longer than the terminal: wrapped by it, so counted from the end here
        assertThat(lines.get(lines.size() - 1)).contains("1/4 hosts");
        assertThat(String.join("", lines)).contains("w1 batch 0001: lost after 01:12");
    }

    @Test
    void linesGoToAStandardOutputThatIsElsewhere() {
        screen = screen(Optional.empty(), false);
        screen.run(GUID);
        tell(new RunEvent.Planned(plan(2)));
        tell(new RunEvent.Output(frame(1, 0, "\u001b[31mone\u001b[39m\n")));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(GUID + "\n" + GUID + " w1: one\n");
    }

    @Test
    void theSummaryTakesThePlaceOfTheView() {
        screen = screen(Optional.empty(), true);
        screen.run(GUID);
        tell(new RunEvent.Planned(plan(2)));
        screen.tick();
        screen.summary(
                new RunStatus(GUID, RunState.ENDED, OptionalInt.of(0), Counts.NONE, List.of()));
        assertThat(emulator().lines())
                .containsExactly(
                        GUID,
                        "run " + GUID + ": ended, no hosts, exit code 0",
                        "1 host skipped: they are in no group of the worker map",
                        "record: /r");
    }

    @Test
    void aNarrowerTerminalIsFollowed() {
        screen = screen(Optional.empty(), true);
        screen.run(GUID);
        tell(new RunEvent.Planned(plan(2, 2)));
        screen.tick();
        tty.reset();
        size = new Terminal.Size(30, 10);
        for (int i = 0; i < 20; i++) {
            screen.tick();
        }
        Emulator narrow = new Emulator(30);
        narrow.show(tty.toString(StandardCharsets.UTF_8));
        assertThat(narrow.lines()).hasSize(4);
    }

    /** As the feed does. */
    private void tell(RunEvent event) {
        event.tell(progress);
        event.tell(screen);
    }

    private Emulator emulator() {
        Emulator emulator = new Emulator(200);
        emulator.show(tty.toString(StandardCharsets.UTF_8));
        return emulator;
    }

    /** With both on one terminal they are one stream. */
    private LiveScreen screen(Optional<Boolean> lines, boolean terminalOut) {
        return new LiveScreen(
                terminalOut ? tty : out,
                tty,
                terminalOut,
                new ScreenOptions(
                        false, false, lines, Path.of("/r"), hosts -> String.join(",", hosts)),
                progress,
                clock,
                () -> size);
    }
}
