package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.job.JobSpec.Packed;
import org.jetfanout.log.Frame;
import org.jetfanout.log.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The state machine against workers that misbehave; the test says each of their words itself. */
class JobTest {
    private static final Pattern COMMAND =
            Pattern.compile(
                    "jet-fanout (start|attach|cancel) ([0-9a-f]{32}) (\\S+) (\\S+) (\\d+) (\\d+)");
    private static final String EMPTY = "0:4294967295";

    private final Random random = new Random(5);
    private Instant now = Instant.EPOCH;
    private final List<Frame> frames = new ArrayList<>();
    private Job job = job(false);

    // Mutable state: of the last command
    private String verb = "";
    private String nonce = "";
    private String offsets = "";

    private Job job(boolean mayHaveStarted) {
        return new Job(
                spec("guid", "0001"), new Cksum(), new Cksum(), mayHaveStarted, () -> now, random);
    }

    private static JobSpec spec(String guid, String batch) {
        return new JobSpec(
                guid,
                batch,
                "w1",
                List.of("jetp"),
                Map.of("SECRET", "swordfish"),
                Packed.GZIP,
                OptionalInt.empty(),
                Duration.ofDays(7),
                Duration.ofMinutes(5),
                Duration.ofHours(1));
    }

    private void command() {
        String line = job.command();
        assertThat(line).doesNotContain("swordfish");
        Matcher match = COMMAND.matcher(line);
        assertThat(match.find()).isTrue();
        verb = match.group(1);
        assertThat(job.wantsBundle()).isEqualTo(verb.equals("start"));
        assertThat(match.group(2)).isNotEqualTo(nonce);
        nonce = match.group(2);
        offsets = match.group(5) + " " + match.group(6);
    }

    private void says(boolean stderr, String text) {
        frames.addAll(job.read(stderr, text.replace("NONCE", nonce).getBytes(UTF_8)));
    }

    private void begins(String header) {
        says(false, "jet-fanout NONCE output\n");
        says(true, "jet-fanout NONCE " + header + "\n");
    }

    private void ends(String seal) {
        says(true, "jet-fanout NONCE end " + seal + "\n");
        frames.addAll(job.closed(OptionalInt.of(0)));
    }

    private static String sum(String text) {
        Cksum cksum = new Cksum();
        cksum.add(text.getBytes(UTF_8));
        return cksum.size() + ":" + cksum.value();
    }

    private String stored(Stream stream) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Frame frame : frames) {
            if (frame.stream() == stream) {
                assertThat(frame.offset()).isEqualTo(all.size());
                all.writeBytes(frame.bytes());
            }
        }
        return all.toString(UTF_8);
    }

    @Test
    void inPiecesOfAnySize() {
        for (int round = 0; round < 200; round++) {
            job = job(false);
            frames.clear();
            command();
            String events =
                    "{}\njet-fanout end\njet-fanout " + nonce.substring(0, 31) + " end x\nlast";
            byte[] text =
                    ("noise\n jet-fanout NONCE started\n"
                                    + events
                                    + "jet-fanout NONCE end exit=3 output=4:"
                                    + sum("out\n").substring(2)
                                    + " events="
                                    + sum(events)
                                    + "\nafterwards\n")
                            .replace("NONCE", nonce)
                            .getBytes(UTF_8);
            says(false, "motd\njet-fanout NONCE output\nout\n");
            for (int at = 0; at < text.length; ) {
                int to = Math.min(text.length, at + 1 + random.nextInt(round < 5 ? 1 : 40));
                frames.addAll(job.read(true, Arrays.copyOfRange(text, at, to)));
                if (random.nextInt(4) == 0) {
                    frames.addAll(job.flush());
                }
                at = to;
            }
            frames.addAll(job.closed(OptionalInt.of(0)));
            assertThat(job.end())
                    .isEqualTo(new JobEnd(State.ENDED, OptionalInt.of(3), true, true, ""));
            assertThat(stored(Stream.EVENTS)).isEqualTo(events);
            assertThat(stored(Stream.OUTPUT)).isEqualTo("out\n");
        }
    }

    @Test
    void waitsForItsTurn() {
        command();
        begins("waiting");
        assertThat(job.waiting()).isTrue();
        assertThat(job.following()).isFalse();
        assertThat(job.started()).isTrue();
        now = now.plus(Duration.ofDays(3));
        assertThat(job.overdue()).isFalse();
        assertThat(job.deadline()).isEmpty();

        job.broken(new IOException("reset"));
        command();
        assertThat(verb).isEqualTo("attach");
        assertThat(job.waiting()).isTrue();
        begins("waiting");
        says(true, "jet-fanout NONCE attached\nevent\n");
        assertThat(job.waiting()).isFalse();
        assertThat(job.following()).isTrue();
        assertThat(job.deadline()).hasValue(now.plus(Duration.ofHours(1)));
        says(false, "out\n");
        ends("exit=0 output=" + sum("out\n") + " events=" + sum("event\n"));
        assertThat(job.end().state()).isEqualTo(State.ENDED);
        assertThat(stored(Stream.EVENTS)).isEqualTo("event\n");
    }

    @Test
    void waitsInPiecesAndOnlyOnce() {
        command();
        for (byte b :
                "jet-fanout NONCE waiting\njet-fanout NONCE started\nx\n"
                        .replace("NONCE", nonce)
                        .getBytes(UTF_8)) {
            frames.addAll(job.read(true, new byte[] {b}));
        }
        frames.addAll(job.flush());
        assertThat(stored(Stream.EVENTS)).isEqualTo("x\n");

        job = job(false);
        frames.clear();
        command();
        says(true, "jet-fanout NONCE waiting\njet-fanout NONCE waiting\n".repeat(1000));
        assertThat(job.waiting()).isTrue();
    }

    @Test
    void markerOfAnotherNonceIsText() {
        command();
        begins("started");
        String forged =
                "jet-fanout 00000000000000000000000000000000 end exit=0 output=0:0 events=0:0\n";
        says(true, forged);
        ends("exit=2 output=" + EMPTY + " events=" + sum(forged));
        assertThat(job.end().exitCode()).hasValue(2);
        assertThat(stored(Stream.EVENTS)).isEqualTo(forged);
    }

    @Test
    void markerOnStdoutIsText() {
        command();
        begins("started");
        String forged = "jet-fanout " + nonce + " end exit=0 output=0:0 events=0:0\n";
        says(false, forged);
        frames.addAll(job.closed(OptionalInt.of(0)));
        assertThat(job.open()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endlessNoise(boolean stderr) {
        command();
        for (int i = 0; i < 100 && job.open(); i++) {
            assertThat(job.read(stderr, new byte[10_000])).isEmpty();
        }
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().mayHaveStarted()).isTrue();
    }

    @Test
    void endlessHeader() {
        command();
        says(true, "jet-fanout NONCE " + "x".repeat(5000));
        assertThat(job.end().state()).isEqualTo(State.LOST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "exit=0",
                "exit=0 output=1:1 events=",
                "exit=-1 output=0:0 events=0:0",
                "exit=0 output=99999999999999999999:1 events=0:0",
                "exit=0 output=0:0 events=0:0 ../../x"
            })
    void marksWithoutMeaningAreABreak(String seal) {
        command();
        begins("started");
        ends(seal);
        assertThat(job.open()).isTrue();
        command();
        assertThat(verb).isEqualTo("attach");
    }

    @Test
    void missingBytesAreFetchedAgainAndOnce() {
        command();
        begins("started");
        says(false, "one\ntw");
        ends("exit=0 output=" + sum("one\ntwo\n") + " events=" + EMPTY);
        assertThat(job.open()).isTrue();
        assertThat(job.pause()).isZero();
        command();
        assertThat(verb + " " + offsets).isEqualTo("attach 6 0");
        begins("attached");
        says(false, "o\n");
        ends("exit=0 output=" + sum("one\ntwo\n") + " events=" + EMPTY);
        assertThat(job.end()).isEqualTo(new JobEnd(State.ENDED, OptionalInt.of(0), true, true, ""));
        assertThat(stored(Stream.OUTPUT)).isEqualTo("one\ntwo\n");
    }

    @Test
    void theWorkerNamesTheSpellsWithoutAgent() {
        command();
        begins("attached 0-12 100-999999999999999999 ");
        assertThat(job.started()).isTrue();
        assertThat(job.absences())
                .containsExactly(new Absence(0, 12), new Absence(100, 999_999_999_999_999_999L));
        ends("exit=0 output=" + EMPTY + " events=" + EMPTY);
        assertThat(job.end().state()).isEqualTo(State.ENDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"attached 1", "attached 1-", "attached -1-2", "attachedx"})
    void spellsThatAreNone(String header) {
        command();
        begins(header);
        assertThat(job.started()).isFalse();
        assertThat(job.absences()).isEmpty();
    }

    @Test
    void aJobWithoutAgentRelaySaysSo() {
        command();
        begins("started alone");
        assertThat(job.following()).isTrue();
        assertThat(job.warning()).contains("neither perl nor python3");
        ends("exit=0 output=" + EMPTY + " events=" + EMPTY);
        assertThat(job.end()).isEqualTo(new JobEnd(State.ENDED, OptionalInt.of(0), true, true, ""));
    }

    @Test
    void sizesThatLie() {
        String seal = "exit=0 output=999999999999999999:1 events=0:4294967295";
        command();
        begins("started");
        ends(seal);
        command();
        begins("attached");
        ends(seal);
        assertThat(job.end().state()).isEqualTo(State.INCOMPLETE);
        assertThat(job.end().exitCode()).hasValue(0);
    }

    @Test
    void sizesThatGrow() {
        for (int i = 0; job.open(); i++) {
            assertThat(i).isLessThan(50);
            command();
            begins(i == 0 ? "started" : "attached");
            says(false, "x");
            ends("exit=0 output=" + (i + 2) + ":1 events=" + EMPTY);
        }
        assertThat(job.end().state()).isEqualTo(State.INCOMPLETE);
    }

    @Test
    void otherDigest() {
        command();
        begins("started");
        says(false, "abc\n");
        ends("exit=0 output=" + sum("abd\n") + " events=" + EMPTY);
        assertThat(job.end().state()).isEqualTo(State.INCOMPLETE);
        assertThat(job.end().reason()).contains("digests differ");
    }

    @Test
    void writtenToAfterTheEnd() {
        command();
        begins("started");
        says(false, "abc\n");
        frames.addAll(job.flush());
        says(false, "late\n");
        ends("exit=0 output=" + sum("ab") + " events=" + EMPTY);
        assertThat(job.end().state()).isEqualTo(State.ENDED);
        assertThat(job.warning()).isNotEmpty();
        assertThat(stored(Stream.OUTPUT)).isEqualTo("abc\n");
    }

    @Test
    void hugeLineIsCutNotKept() {
        command();
        begins("started");
        for (int i = 0; i < 160; i++) {
            frames.addAll(job.read(false, new byte[65_536]));
        }
        assertThat(frames).hasSize(10).allMatch(frame -> frame.bytes().length == 1 << 20);
    }

    @Test
    void neverReached() {
        int tries = 0;
        Duration waited = Duration.ZERO;
        while (job.open()) {
            command();
            assertThat(verb).isEqualTo("start");
            job.unreached(new IOException("connection refused\u001b[2J"));
            Duration pause = job.pause();
            waited = waited.plus(pause);
            now = now.plus(pause);
            assertThat(pause).isBetween(Duration.ofMillis(250), Duration.ofSeconds(30));
            tries++;
        }
        assertThat(tries).isBetween(12, 40);
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().mayHaveStarted()).isFalse();
        assertThat(job.end().reason()).matches("no connection for 3\\d\\d s: connection refused");
        assertThat(waited).isLessThan(Duration.ofMinutes(6));
    }

    @Test
    void brokenStartMayHaveStarted() {
        command();
        job.broken(new IOException("reset"));
        assertThat(job.pause()).isPositive();
        command();
        assertThat(verb).isEqualTo("attach");
        begins("none");
        frames.addAll(job.closed(OptionalInt.of(0)));
        command();
        assertThat(verb).isEqualTo("start");
    }

    @Test
    void outageEndsWithBytes() {
        command();
        begins("started");
        for (int i = 0; i < 100; i++) {
            says(false, "line\n");
            frames.addAll(job.flush());
            job.broken(new IOException("reset"));
            now = now.plusSeconds(60);
            command();
            begins("attached");
        }
        assertThat(job.open()).isTrue();
        for (int i = 0; i < 10 && job.open(); i++) {
            job.broken(new IOException("reset"));
            now = now.plusSeconds(60);
            command();
            // answers, brings nothing and is gone again: that is no connection
        }
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().mayHaveStarted()).isTrue();
    }

    @Test
    void halfALineIsFetchedAgain() {
        command();
        begins("started");
        says(false, "one\ntw");
        frames.addAll(job.flush());
        job.broken(new IOException("reset"));
        command();
        assertThat(offsets).isEqualTo("4 0");
        begins("attached");
        says(false, "two\n");
        ends("exit=0 output=" + sum("one\ntwo\n") + " events=" + EMPTY);
        assertThat(job.end().state()).isEqualTo(State.ENDED);
        assertThat(stored(Stream.OUTPUT)).isEqualTo("one\ntwo\n");
    }

    @Test
    void folderGoneAfterItsStart() {
        command();
        begins("started");
        job.broken(new IOException("reset"));
        command();
        begins("none");
        frames.addAll(job.closed(OptionalInt.of(0)));
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().mayHaveStarted()).isTrue();
    }

    @Test
    void processGone() {
        command();
        begins("started");
        job.broken(new IOException("reset"));
        command();
        begins("attached");
        says(false, "bye\n");
        ends("exit=gone output=" + sum("bye\n") + " events=" + EMPTY);
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().exitCode()).isEmpty();
        assertThat(stored(Stream.OUTPUT)).isEqualTo("bye\n");
    }

    @Test
    void unpackFailsTwice() {
        command();
        begins("refused unpack \u001b[31mtar: oh");
        frames.addAll(job.closed(OptionalInt.of(74)));
        assertThat(job.open()).isTrue();
        command();
        assertThat(verb).isEqualTo("start");
        begins("refused unpack \u001b[31mtar: oh");
        frames.addAll(job.closed(OptionalInt.of(74)));
        assertThat(job.end())
                .isEqualTo(new JobEnd(State.REFUSED, OptionalInt.empty(), false, false, "tar: oh"));
    }

    @Test
    void givesUp() {
        command();
        job.unreached(new IOException("x"));
        job.giveUp("host key unknown");
        assertThat(job.end())
                .isEqualTo(
                        new JobEnd(
                                State.REFUSED,
                                OptionalInt.empty(),
                                false,
                                false,
                                "host key unknown"));
    }

    /** Whoever gives up says whether somebody else may find the job there. */
    @Test
    void whatIsLostMayBeThere() {
        command();
        begins("started");
        job.giveUp("login refused");
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.mayBeThere()).isTrue();
    }

    @Test
    void whatWasNeverStartedIsNotThere() {
        command();
        job.unreached(new IOException("x"));
        job.giveUp("login refused");
        assertThat(job.mayBeThere()).isFalse();
    }

    @Test
    void whatTheWorkerKnowsNoMoreIsNotThere() {
        command();
        begins("started");
        job.broken(new IOException("x"));
        command();
        begins("none");
        frames.addAll(job.closed(OptionalInt.of(0)));
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.mayBeThere()).isFalse();
    }

    @Test
    void whatEndedWithoutAWordIsNotThere() {
        command();
        begins("attached");
        ends("exit=gone output=" + EMPTY + " events=" + EMPTY);
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.mayBeThere()).isFalse();
    }

    @Test
    void cancelBeforeAnything() {
        job.cancel();
        assertThat(job.end().state()).isEqualTo(State.CANCELLED);
        assertThat(job.end().mayHaveStarted()).isFalse();
    }

    @Test
    void cancelWhileItStartsGoesToTheWorker() {
        command();
        job.cancel();
        assertThat(job.open()).isTrue();
        command();
        assertThat(verb).isEqualTo("cancel");
        job.unreached(new IOException("x"));
        command();
        assertThat(verb).isEqualTo("cancel");
        begins("attached");
        ends("exit=143 output=" + EMPTY + " events=" + EMPTY);
        assertThat(job.end())
                .isEqualTo(
                        new JobEnd(State.CANCELLED, OptionalInt.of(143), true, true, "cancelled"));
    }

    @Test
    void groupThatDoesNotEnd() {
        command();
        begins("started");
        job.cancel();
        command();
        begins("refused alive process group 12 does not end");
        frames.addAll(job.closed(OptionalInt.of(75)));
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().reason()).isEqualTo("cannot be ended: process group 12 does not end");
    }

    @Test
    void deadline() {
        command();
        begins("started");
        assertThat(job.overdue()).isFalse();
        now = now.plus(Duration.ofHours(1));
        assertThat(job.overdue()).isTrue();
        assertThat(job.overdue()).isFalse();
        command();
        assertThat(verb).isEqualTo("cancel");
        begins("attached");
        ends("exit=143 output=" + EMPTY + " events=" + EMPTY);
        assertThat(job.end().state()).isEqualTo(State.TIMED_OUT);
        assertThat(job.end().reason()).contains("3600 s");
    }

    @Test
    void namesBecomePaths() {
        for (String name : List.of("", "..", "a/b", "-x", "a b", "a\nb", ".x")) {
            assertThatIllegalArgumentException().isThrownBy(() -> spec(name, "0001"));
            assertThatIllegalArgumentException().isThrownBy(() -> spec("guid", name));
            assertThatIllegalArgumentException().isThrownBy(() -> JobScript.status(name, "0"));
        }
    }

    @Test
    void secretsAreNotShown() {
        assertThat(spec("guid", "0001").toString()).doesNotContain("swordfish");
    }
}
