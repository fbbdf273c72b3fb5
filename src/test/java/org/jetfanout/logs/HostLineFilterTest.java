package org.jetfanout.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.testkit.Fixture.GUID;
import static org.jetfanout.testkit.Fixture.START;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Line;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.Stream;
import org.jetfanout.runner.jetp.Jetp;
import org.jetfanout.testkit.Fixture;
import org.jetfanout.text.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostLineFilterTest {
    private static final Runner JETP = new Jetp();

    @TempDir Path runs;

    private static List<Line> recording(String name) throws IOException {
        try (var in = HostLineFilterTest.class.getResourceAsStream("/jetp/recordings/" + name)) {
            return lines(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1));
        }
    }

    private static List<Line> lines(String... texts) {
        return Arrays.stream(texts).map(text -> line("0001", text)).toList();
    }

    private static Line line(String batch, String text) {
        return new Line(GUID, batch, "w1", Stream.OUTPUT, 0, 0, text, false, START);
    }

    private static List<String> picked(Predicate<Line> wanted, List<Line> lines) {
        return lines.stream().filter(wanted).map(line -> Text.plain(line.text())).toList();
    }

    @Test
    void aHostsOwnLines() throws IOException {
        assertThat(picked(HostLineFilter.named(JETP, "127.0.0.12"), recording("01-mixed.stdout")))
                .containsExactly(
                        "… 127.0.0.12 => running",
                        "  ..... 127.0.0.12 : tier web",
                        "… 127.0.0.12 => running",
                        "✓ 127.0.0.12 => complete",
                        "… 127.0.0.12 => running",
                        "✓ 127.0.0.12 => complete");
    }

    @Test
    void aFailedHostHasItsBlock() throws IOException {
        assertThat(picked(HostLineFilter.named(JETP, "127.0.0.13"), recording("01-mixed.stdout")))
                .endsWith(
                        "! 127.0.0.13 => failed",
                        "    cmd: test yes = no || ls /nonexistent",
                        "    out: ls: cannot access '/nonexistent': No such file or directory",
                        "    rc: 2");
    }

    @Test
    void aHostThatWasNotReached() throws IOException {
        assertThat(picked(HostLineFilter.named(JETP, "127.0.0.15"), recording("01-mixed.stdout")))
                .containsExactly(
                        "  ..... 127.0.0.15 : SSH connection attempt failed for 127.0.0.15:22711",
                        "! connection failed to host: 127.0.0.15");
    }

    @Test
    void aNameThatIsPartOfAnotherIsNotMeant() throws IOException {
        assertThat(picked(HostLineFilter.named(JETP, "127.0.0.1"), recording("01-mixed.stdout")))
                .isEmpty();
    }

    @Test
    void outputOfAnotherHostsCommandIsNotTakenForALine() {
        List<Line> lines =
                lines(
                        "! a => failed",
                        "    cmd: x",
                        "    out: 1",
                        "✓ b => complete",
                        "    rc: 1",
                        "✓ b => matched");
        assertThat(picked(HostLineFilter.named(JETP, "b"), lines))
                .containsExactly("✓ b => matched");
        assertThat(picked(HostLineFilter.named(JETP, "a"), lines)).hasSize(5);
    }

    @Test
    void aBlockThatIsCutShortEndsWithTheNextTask() {
        List<Line> lines =
                lines(
                        "! a => failed",
                        "    cmd: x",
                        "-".repeat(58),
                        "✓ b => complete",
                        "! a => failed",
                        "✓ b => created");
        assertThat(picked(HostLineFilter.named(JETP, "b"), lines))
                .containsExactly("✓ b => complete", "✓ b => created");
    }

    @Test
    void blocksOfBatchesDoNotMix() {
        List<Line> lines =
                List.of(
                        line("0001", "! a => failed"),
                        line("0002", "✓ b => complete"),
                        line("0001", "    cmd: x"),
                        line("0002", "    cmd: of nobody"),
                        line("0001", "    rc: 1"));
        assertThat(picked(HostLineFilter.named(JETP, "a"), lines))
                .containsExactly("! a => failed", "    cmd: x", "    rc: 1");
    }

    @Test
    void hostsInTroubleByTheirResults() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storeResult(
                    Fixture.result(
                            1, BatchState.ENDED, Outcome.OK, Outcome.FAILED, Outcome.UNFINISHED));
            List<Line> lines = lines("… h1-1 => running", "… h1-2 => running", "… h1-3 => running");
            assertThat(picked(HostLineFilter.inTrouble(JETP, record.results()), lines))
                    .containsExactly("… h1-2 => running");
        }
    }

    @Test
    void hostsInTroubleOfABatchThatStillRuns() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            assertThat(
                            picked(
                                    HostLineFilter.inTrouble(JETP, record.results()),
                                    recording("01-mixed.stdout")))
                    .containsExactly(
                            "! connection failed to host: 127.0.0.15",
                            "! 127.0.0.13 => failed",
                            "    cmd: test yes = no || ls /nonexistent",
                            "    out: ls: cannot access '/nonexistent': No such file or directory",
                            "    rc: 2");
            assertThat(
                            picked(
                                    HostLineFilter.inTrouble(JETP, record.results()),
                                    lines("! error: h9: always", "✓ h8 => failed (ignored)")))
                    .containsExactly("! error: h9: always");
        }
    }
}
