package org.jetfanout.runner.jetp.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.runner.Outcome.CHANGED;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.UNFINISHED;
import static org.jetfanout.runner.Outcome.UNREACHABLE;
import static org.jetfanout.runner.Stream.EVENTS;
import static org.jetfanout.runner.Stream.OUTPUT;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What real runs of Jetpack said, and what became of their hosts. */
class JetpackReaderTest {
    private static final String REFUSED =
            "SSH connection attempt failed for 127.0.0.15:1: Connection refused (os error 111)";
    private static final String ENDED =
            "2 host(s) failed, so Jetpack ended after this play (--async)";
    private static final String WITHDREW = "barrier failed: host withdrew from strict barrier";

    private static HostResult host(int last, Outcome outcome, String reason) {
        return new HostResult("127.0.0." + last, outcome, reason);
    }

    private static List<HostResult> hosts(Outcome outcome, String reason, int... lasts) {
        return Arrays.stream(lasts).mapToObj(last -> host(last, outcome, reason)).toList();
    }

    private static List<HostResult> site(Outcome outcome, String reason, HostResult thirteen) {
        List<HostResult> all = new ArrayList<>(hosts(outcome, reason, 11, 12));
        all.add(thirteen);
        all.add(host(14, outcome, reason));
        all.add(host(15, UNREACHABLE, REFUSED));
        return all;
    }

    /** Read off the recordings by eye. */
    static Stream<Arguments> recordings() {
        HostResult broken = host(13, FAILED, "sometimes fails: exit code 1");
        HostResult asyncBroken = host(13, FAILED, "a task failed: exit code 1");
        String unknown =
                "/srv/site/pb/bad.yml:5: .[0].tasks[0]: unknown field cmdd, expected one of name,"
                        + " cmd, save, failed_when, changed_when, shell, with, and";
        String agent = "SSH cannot connect to agent: SSH_AUTH_SOCK not set";
        return Stream.of(
                Arguments.of("01-mixed", site(CHANGED, "", broken)),
                Arguments.of("02-good", hosts(CHANGED, "", 11, 12)),
                Arguments.of("04-all-fail", hosts(FAILED, "one: exit code 1", 11, 12)),
                Arguments.of("05-all-unreachable", hosts(UNREACHABLE, REFUSED, 15)),
                Arguments.of("06-unknown-key", hosts(UNFINISHED, unknown, 11, 12)),
                Arguments.of("07-plan", hosts(CHANGED, "", 11, 12)),
                Arguments.of("08-dependencies", hosts(CHANGED, "", 11, 12)),
                Arguments.of("10-missing-role", hosts(UNFINISHED, "role not found: nosuch", 11)),
                Arguments.of("11-overlays", List.of(host(11, CHANGED, ""))),
                Arguments.of(
                        "12-barrier-linear",
                        site(CHANGED, "", host(13, FAILED, "start: exit code 1"))),
                Arguments.of("13-async-good", hosts(CHANGED, "", 11, 12)),
                Arguments.of("14-async-fails", site(UNFINISHED, ENDED, asyncBroken)),
                Arguments.of("21-async-terminal", site(UNFINISHED, ENDED, asyncBroken)),
                Arguments.of("15-async-strict", site(FAILED, WITHDREW, asyncBroken)),
                Arguments.of("20-no-agent", hosts(UNREACHABLE, agent, 11, 12)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    void recording(String name, List<HostResult> expected) throws IOException {
        JetpReader reader = new JetpReader(expected.stream().map(HostResult::host).toList());
        feed(reader, name);
        int code = Integer.parseInt(recording(name, ".rc").strip());
        assertThat(reader.results(OptionalInt.of(code))).containsExactlyElementsOf(expected);
        assertThat(reader.results(OptionalInt.of(code))).containsExactlyElementsOf(expected);
        assertThat(reader.tally().unreadable()).isZero();
        assertThat(reader.refused(OptionalInt.of(code)))
                .isEqualTo(name.startsWith("06") || name.startsWith("10"));
    }

    /** Where it is known which plays a host is in, those without a later play are done. */
    @Test
    void hostsWithoutALaterPlayAreDone() throws IOException {
        List<String> names = Stream.of(11, 12, 13, 14, 15).map(last -> "127.0.0." + last).toList();
        BitSet all = new BitSet();
        all.set(0, 5);
        BitSet some = new BitSet();
        some.set(1);
        JetpReader reader =
                new JetpReader(
                        names,
                        List.of(BatchPlay.of(1, "cluster", all), BatchPlay.of(2, "after", some)),
                        false,
                        UnaryOperator.identity());
        feed(reader, "14-async-fails");
        assertThat(reader.results(OptionalInt.of(1)))
                .containsExactly(
                        host(11, CHANGED, ""),
                        host(12, UNFINISHED, ENDED),
                        host(13, FAILED, "a task failed: exit code 1"),
                        host(14, CHANGED, ""),
                        host(15, UNREACHABLE, REFUSED));
    }

    /** What a host prints cannot make another one of it: then the number is wrong. */
    @Test
    void aHostCannotSpeakForOthers() {
        String start = "{\"event\":\"PLAY_START\",\"play\":\"p\"}\n";
        String ok = "{\"event\":\"TASK_STATUS\",\"task_status\":\"IsMatched\",\"host\":\"a\"}\n";
        String text =
                """
                > play: p
                [b] HOST FAILED: gone
                ! c => failed
                    cmd: x
                    out: y
                [a] HOST FAILED: forged
                    rc: 1
                [c] HOST FAILED: command failed
                2 host(s) failed
                """;
        JetpReader reader = new JetpReader(List.of("a", "b", "c"));
        reader.read(EVENTS, (start + ok).getBytes(UTF_8));
        reader.read(OUTPUT, text.getBytes(UTF_8));
        assertThat(reader.results(OptionalInt.of(1)))
                .extracting(HostResult::outcome)
                .containsOnly(UNFINISHED);
        JetpReader killed = new JetpReader(List.of("a"));
        killed.read(EVENTS, start.getBytes(UTF_8));
        killed.read(OUTPUT, "> play: p\n[a] HOST FAILED: x\n1 host(s) failed\n".getBytes(UTF_8));
        assertThat(killed.results(OptionalInt.of(143)).get(0).outcome()).isEqualTo(UNFINISHED);
    }

    @Test
    void linesOfHostsBelongToThem() {
        JetpLineReader reader = new JetpLineReader(host -> true);
        assertThat(reader.read("\u001b[36m[h.1]\u001b[0m ● one"))
                .isEqualTo(new LineMeaning("h.1", LineMeaning.Level.INFO, false));
        assertThat(reader.read("[h1] HOST FAILED: x"))
                .isEqualTo(new LineMeaning("h1", LineMeaning.Level.ERROR, false));
        assertThat(reader.read("[h1] \u001b[31m✗\u001b[0m two — command failed").level())
                .isEqualTo(LineMeaning.Level.ERROR);
        assertThat(reader.read("[unclosed")).isEqualTo(LineMeaning.NONE);
    }

    private static void feed(JetpReader reader, String name) throws IOException {
        reader.read(OUTPUT, recording(name, ".stderr").getBytes(UTF_8));
        reader.read(OUTPUT, recording(name, ".stdout").getBytes(UTF_8));
        reader.read(EVENTS, recording(name, ".jetlog").getBytes(UTF_8));
    }

    private static String recording(String name, String kind) throws IOException {
        try (InputStream in =
                JetpackReaderTest.class.getResourceAsStream("/jetpack/recordings/" + name + kind)) {
            return in == null ? "" : new String(in.readAllBytes(), UTF_8);
        }
    }
}
