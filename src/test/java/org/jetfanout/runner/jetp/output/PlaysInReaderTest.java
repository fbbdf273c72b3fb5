package org.jetfanout.runner.jetp.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.runner.Outcome.CHANGED;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.runner.Outcome.UNFINISHED;
import static org.jetfanout.runner.Outcome.UNREACHABLE;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.junit.jupiter.api.Test;

/** Which play runs, and which hosts have all of theirs behind them, over several starts of jetp. */
class PlaysInReaderTest {
    private static final List<String> HOSTS = List.of("d1", "d2", "both", "a1", "a2");
    private static final List<BatchPlay> PLAYS =
            List.of(
                    new BatchPlay(1, "same name", "0-2"),
                    new BatchPlay(3, "same name", "2-4"),
                    new BatchPlay(4, "app", "3-4"));

    private final JetpReader reader = reader(HOSTS, PLAYS);

    private static JetpReader reader(List<String> hosts, List<BatchPlay> plays) {
        return new JetpReader(hosts, plays, false, UnaryOperator.identity());
    }

    private void play(String process) {
        event(process, "PLAY_START", "\"play\":\"same name\"");
        event(process, "TASK_START", "\"play\":\"same name\",\"task\":\"t\"");
    }

    private void ok(String process, String... hosts) {
        for (String host : hosts) {
            event(
                    process,
                    "TASK_STATUS",
                    "\"task_status\":\"IsMatched\",\"host\":\"%s\"".formatted(host));
        }
    }

    private void fails(String process, String... hosts) {
        for (String host : hosts) {
            event(process, "HOST_CONNECT_FAILED", "\"host\":\"%s\"".formatted(host));
        }
    }

    private void event(String process, String name, String fields) {
        String line =
                "{\"event\":\"%s\",\"run\":\"%s\"%s}\n"
                        .formatted(name, process, fields.isEmpty() ? "" : "," + fields);
        reader.read(Stream.EVENTS, line.getBytes(UTF_8));
    }

    private List<Outcome> outcomes() {
        return reader.results(OptionalInt.of(1)).stream().map(HostResult::outcome).toList();
    }

    @Test
    void playsOfOneNameAreToldApart() {
        assertThat(reader.play()).isZero();
        event("A", "PLAYBOOK_START", "");
        assertThat(reader.play()).isZero();
        play("A");
        assertThat(reader.play()).isEqualTo(1);
        event("A", "PLAYBOOK_START", "");
        play("A");
        assertThat(reader.play()).isEqualTo(3);
        play("A");
        assertThat(reader.play()).isEqualTo(4);
        event("A", "SUMMARY", "");
        assertThat(reader.play()).isEqualTo(4);
    }

    @Test
    void whoHasNoPlayLeftKeepsItsState() {
        play("A");
        ok("A", "d1", "both");
        fails("A", "d2");
        play("A");
        ok("A", "both", "a1");
        // the worker is lost here
        assertThat(outcomes()).containsExactly(OK, UNREACHABLE, UNFINISHED, UNFINISHED, UNFINISHED);
    }

    @Test
    void anotherStartDoesThePlaysThatAreLeft() {
        play("A");
        fails("A", "d1", "d2", "both");
        reader.read(
                Stream.OUTPUT, "> play failed: same name\nno hosts remaining\n".getBytes(UTF_8));
        assertThat(reader.ranOutOfHosts()).isTrue();
        assertThat(reader.lost()).hasToString("{0, 1, 2}");
        play("B");
        assertThat(reader.play()).isEqualTo(3);
        ok("B", "a1", "a2");
        play("B");
        assertThat(reader.play()).isEqualTo(4);
        assertThat(outcomes().get(3)).isEqualTo(UNFINISHED);
        ok("B", "a1", "a2");
        event("B", "SUMMARY", "");
        assertThat(outcomes()).containsExactly(UNREACHABLE, UNREACHABLE, UNREACHABLE, OK, OK);
        assertThat(reader.tally().complete()).isTrue();
        assertThat(reader.tally().ok()).isEqualTo(2);
    }

    @Test
    void anotherStartLeavesOutPlaysOfWhichEveryHostIsLost() {
        JetpReader other =
                reader(
                        List.of("d1", "a1"),
                        List.of(
                                new BatchPlay(1, "", "0"),
                                new BatchPlay(2, "", "0"),
                                new BatchPlay(3, "", "0-1")));
        for (String event :
                List.of(
                        "{\"event\":\"PLAY_START\",\"run\":\"A\"}",
                        "{\"event\":\"HOST_CONNECT_FAILED\",\"run\":\"A\",\"host\":\"d1\"}",
                        "{\"event\":\"PLAY_START\",\"run\":\"B\"}")) {
            other.read(Stream.EVENTS, (event + "\n").getBytes(UTF_8));
        }
        assertThat(other.play()).isEqualTo(3);
    }

    @Test
    void aHostThatTheFirstStartDidWellIsWellThoughTheSecondDidNotEnd() {
        play("A");
        ok("A", "d1");
        fails("A", "d2", "both");
        play("A");
        fails("A", "a1");
        play("B");
        ok("B", "a2");
        assertThat(reader.play()).isEqualTo(4);
        assertThat(outcomes())
                .containsExactly(OK, UNREACHABLE, UNREACHABLE, UNREACHABLE, UNFINISHED);
    }

    @Test
    void whatIsNotOfThePlaysThatAreKnownCountsForNothing() {
        for (int i = 0; i < 5; i++) {
            play("A");
            ok("A", HOSTS.toArray(String[]::new));
        }
        assertThat(reader.play()).isZero();
        assertThat(outcomes()).containsOnly(UNFINISHED);
    }

    /** The recording of a real run, in pieces of any size, and cut off where its last play runs. */
    @Test
    void aRealRun() throws IOException {
        String name = "/jetp/recordings/b1-dead-host-play1-two-plays";
        byte[] output = bytes(name + ".stdout");
        String events = new String(bytes(name + ".jetlog"), UTF_8);
        byte[] cut =
                events.substring(
                                0,
                                events.indexOf("\"TASK_START\"", events.indexOf("configure all")))
                        .getBytes(UTF_8);
        List<String> hosts = List.of("d01", "w01", "e01");
        List<BatchPlay> plays = List.of(new BatchPlay(1, "", "0-1"), new BatchPlay(2, "", "2"));
        Random random = new Random(7);
        for (int round = 0; round < 20; round++) {
            JetpReader read = reader(hosts, plays);
            for (int at = 0; at < cut.length; ) {
                int to = Math.min(cut.length, at + 1 + random.nextInt(500));
                read.read(Stream.EVENTS, Arrays.copyOfRange(cut, at, to));
                at = to;
            }
            read.read(Stream.OUTPUT, output);
            assertThat(read.play()).isEqualTo(2);
            assertThat(read.results(OptionalInt.empty()))
                    .extracting(HostResult::outcome)
                    .containsExactly(UNREACHABLE, CHANGED, UNFINISHED);
        }
    }

    private static byte[] bytes(String resource) throws IOException {
        try (InputStream in = PlaysInReaderTest.class.getResourceAsStream(resource)) {
            return in.readAllBytes();
        }
    }

    @Test
    void aTaskThatFailedInAnEarlierStartStays() {
        play("A");
        event("A", "TASK_FAILED", "\"task\":\"t\",\"host\":\"d1\",\"cmd\":\"x\",\"cmd_rc\":3");
        fails("A", "d2", "both");
        play("B");
        ok("B", "d1", "a1", "a2");
        event("B", "SUMMARY", "");
        assertThat(reader.results(OptionalInt.of(0)).get(0))
                .isEqualTo(new HostResult("d1", FAILED, "t: exit code 3"));
    }
}
