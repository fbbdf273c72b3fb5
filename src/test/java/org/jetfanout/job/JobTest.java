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
import org.jetfanout.record.Frame;
import org.jetfanout.runner.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The state machine against workers that misbehave; the test says each of their words itself. */
class JobTest {
    private static final Pattern COMMAND =
            Pattern.compile(
                    "jet-fanout (start|attach|cancel) ([0-9a-f]{32}) (\\d+) (\\d+) (\\S+) (\\S+)"
                            + " (\\d+|-) (\\d+|-) (\\d+)");
    private static final long BUDGET = 20 << 20;
    private static final String EMPTY = "0:4294967295";

    private final Random random = new Random(5);
    private Instant now = Instant.EPOCH;
    private final List<Frame> frames = new ArrayList<>();
    private Job job = job(false);

    // Mutable state: of the last command
    private String verb = "";
    private String nonce = "";
    private String mark = "";
    private String offsets = "";
    private int frame;

    private Job job(boolean mayHaveStarted) {
        return job(mayHaveStarted, 0);
    }

    private Job job(boolean mayHaveStarted, int maxJobs) {
        return new Job(
                spec("guid", "0001", maxJobs),
                new Cksum(),
                new Cksum(),
                mayHaveStarted,
                () -> now,
                random);
    }

    private static JobSpec spec(String guid, String batch) {
        return spec(guid, batch, 0);
    }

    private static JobSpec spec(String guid, String batch, int maxJobs) {
        return new JobSpec(
                guid,
                batch,
                "w1",
                List.of("jetp"),
                Map.of("SECRET", "swordfish"),
                "JET_LOG",
                Packed.GZIP,
                false,
                maxJobs == 0 ? OptionalInt.empty() : OptionalInt.of(maxJobs),
                Duration.ofDays(7),
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                Duration.ofSeconds(30),
                BUDGET,
                List.of(),
                java.util.Optional.empty());
    }

    private void command() {
        String line = job.command();
        assertThat(line).doesNotContain("swordfish");
        Matcher match = COMMAND.matcher(line);
        assertThat(match.find()).isTrue();
        verb = match.group(1);
        assertThat(job.wantsBundle()).isEqualTo(verb.equals("start"));
        assertThat(job.takesBundle()).isFalse();
        assertThat(match.group(2)).isNotEqualTo(nonce);
        nonce = match.group(2);
        int sum = Integer.parseInt(match.group(3)) + Integer.parseInt(match.group(4));
        mark = "jet-fanout " + nonce + " " + sum;
        assertThat(line).as("whoever repeats the command").doesNotContain(mark);
        offsets = match.group(7) + " " + match.group(8);
        frame = Integer.parseInt(match.group(9));
    }

    private void says(boolean stderr, String text) {
        frames.addAll(job.read(stderr, text.replace("MARK", mark).getBytes(UTF_8)));
    }

    private void begins(String header) {
        says(false, "MARK hello\nMARK " + header + "\n");
    }

    private static String framed(String stream, String text) {
        return "MARK " + stream + " " + text.getBytes(UTF_8).length + "\n" + text + "MARK .\n";
    }

    private void output(String text) {
        says(false, framed("output", text));
    }

    private void events(String text) {
        says(false, framed("events", text));
    }

    private void ends(String seal) {
        says(false, "MARK end " + seal + "\n");
        assertThat(job.over()).isTrue();
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
    void inPiecesOfAnySizeWithNoiseAnywhereButInFrames() {
        for (int round = 0; round < 200; round++) {
            job = job(false);
            frames.clear();
            command();
            String events = "{}\njet-fanout end\n" + mark.substring(0, 31) + " end x\n\u0000last";
            String noise = random.nextBoolean() ? "noise" : mark.substring(0, 40) + "\nx\n";
            byte[] text =
                    (noise
                                    + "MARK hello\n"
                                    + noise
                                    + "MARK started\n"
                                    + framed("events", events.substring(0, 5))
                                    + noise
                                    + framed("output", "o")
                                    + framed("output", "ut\n")
                                    + noise
                                    + framed("events", events.substring(5))
                                    + noise
                                    + "MARK end exit=3 output="
                                    + sum("out\n")
                                    + " events="
                                    + sum(events)
                                    + "\nafterwards\n"
                                    + framed("output", "more"))
                            .replace("MARK", mark)
                            .getBytes(UTF_8);
            for (int at = 0; at < text.length; ) {
                int to = Math.min(text.length, at + 1 + random.nextInt(round < 5 ? 1 : 40));
                frames.addAll(job.read(false, Arrays.copyOfRange(text, at, to)));
                if (random.nextInt(4) == 0) {
                    frames.addAll(job.read(true, "of stderr\n".getBytes(UTF_8)));
                    frames.addAll(job.flush());
                }
                at = to;
            }
            assertThat(job.end())
                    .isEqualTo(new JobEnd(State.ENDED, OptionalInt.of(3), true, true, ""));
            assertThat(stored(Stream.EVENTS)).isEqualTo(events);
            assertThat(stored(Stream.OUTPUT)).isEqualTo("out\n");
        }
    }

    /** Nobody but the script itself can say that it runs. */
    @ParameterizedTest
    @ValueSource(strings = {"nothing", "echo", "words", "nonce"})
    void theBundleWaitsForTheScriptsWord(String login) {
        String line = job.command();
        String nonces = line.replaceAll("(?s).*jet-fanout start ([0-9a-f]+ \\d+ \\d+).*", "$1");
        says(
                false,
                switch (login) {
                    case "echo" -> line + "\n" + line.replace("'", "") + "\n";
                    case "words" -> String.join("\n", line.split("\\s+")) + "\n";
                    case "nonce" -> "jet-fanout " + nonces + " hello\n";
                    default -> "";
                });
        assertThat(job.takesBundle()).isFalse();
        assertThat(job.answerBy()).hasValue(now.plusSeconds(30));
        now = now.plusSeconds(30);
        job.expired();
        assertThat(job.end().state()).isEqualTo(State.REFUSED);
        assertThat(job.end().mayHaveStarted()).isFalse();
        assertThat(job.end().reason())
                .startsWith("the login did not run the job script: no answer within 30 s: ");
    }

    @Test
    void onceItHasSpokenItTakesTheBundle() {
        command();
        says(false, "MARK hello\n");
        assertThat(job.takesBundle()).isTrue();
        now = now.plus(Duration.ofMinutes(2));
        job.expired();
        assertThat(job.open()).isTrue();
        command();
        assertThat(verb).isEqualTo("attach");
    }

    /** A frame into which others wrote is not one: its bytes come again, in smaller frames. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 11, 12, 13, 14})
    void noiseInAFrameIsNoLog(int at) {
        command();
        int before = frame;
        begins("started");
        output("first\n");
        String text = framed("output", "twice\nsix\n").replace("MARK", mark);
        int body = text.indexOf('\n') + 1;
        says(false, text.substring(0, body + at) + "noise\n" + text.substring(body + at));
        frames.addAll(job.flush());
        if (at != 11 && at < 14) {
            assertThat(job.over()).isTrue();
        }
        assertThat(stored(Stream.OUTPUT)).isEqualTo("first\n");
        job.broken(new IOException("closed"));
        command();
        assertThat(verb + " " + offsets).isEqualTo("attach 6 0");
        assertThat(frame).isLessThan(before);
        begins("attached");
        output("twice\nsix\n");
        ends("exit=0 output=" + sum("first\ntwice\nsix\n") + " events=" + EMPTY);
        assertThat(job.end()).isEqualTo(new JobEnd(State.ENDED, OptionalInt.of(0), true, true, ""));
    }

    @Test
    void whoAlwaysWritesIntoFramesIsToldOffAtLast() {
        for (int i = 0; job.open(); i++) {
            assertThat(i).isLessThan(100);
            command();
            begins(i == 0 ? "started" : "attached");
            says(false, "MARK output 5\nnoise!one\nMARK .\n");
            now = now.plus(job.pause());
        }
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().reason())
                .contains(
                        "other programs on the worker repeatedly write" + " into the job's output");
        assertThat(stored(Stream.OUTPUT)).isEmpty();
    }

    /** Only what the user wanted switches a deadline off. */
    @Test
    void waitingWithoutMaxJobsIsNotBelieved() {
        command();
        begins("waiting");
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().reason()).contains("waits");
    }

    @Test
    void whoRanWaitsNoMore() {
        job = job(false, 2);
        command();
        begins("waiting");
        says(false, "MARK started\n");
        Instant deadline = job.deadline().orElseThrow();
        job.broken(new IOException("reset"));
        command();
        begins("waiting");
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(deadline).isEqualTo(now.plus(Duration.ofHours(1)));
    }

    /** Ending a job has a limit of its own, however the worker fills the time. */
    @ParameterizedTest
    @ValueSource(strings = {"silence", "hello", "noise", "logs", "breaks"})
    void aWorkerThatStallsWhenItsJobIsToEnd(String how) {
        command();
        begins("started");
        job.cancel();
        Instant begun = now;
        job.broken(new IOException("closed"));
        command();
        for (int i = 0; job.open(); i++) {
            assertThat(i).isLessThan(1000);
            if (i == 0 && !how.equals("silence")) {
                says(false, "MARK hello\n" + (how.equals("logs") ? "MARK attached\n" : ""));
            }
            switch (how) {
                case "noise" -> says(false, "noise\n");
                case "logs" -> output("x\n");
                case "breaks" -> {
                    job.broken(new IOException("reset"));
                    now = now.plusSeconds(11);
                    if (job.open()) {
                        command();
                        begins("attached");
                    }
                }
                default -> {}
            }
            now = now.plusSeconds(1);
            if (job.open() && now.isAfter(job.deadline().orElseThrow())) {
                job.expired();
            }
        }
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().reason())
                .startsWith(how.equals("breaks") ? "no connection for " : "cannot end the job: ");
        assertThat(Duration.between(begun, now)).isLessThan(Duration.ofMinutes(11));
    }

    @ParameterizedTest
    @ValueSource(strings = {"output", "events"})
    void whatIsOverTheBudgetStaysOnTheWorker(String stream) {
        command();
        begins("started");
        String line = "x".repeat(99) + "\n";
        String frame = line.repeat(1000);
        long sent = 0;
        while (!job.over()) {
            says(false, framed(stream, frame));
            sent += frame.length();
        }
        assertThat(sent).isBetween(BUDGET, BUDGET + 2L * frame.length());
        frames.addAll(job.flush());
        assertThat(job.open()).isTrue();
        assertThat(job.pause()).isZero();
        command();
        assertThat(offsets).isEqualTo(stream.equals("output") ? "- 0" : "0 -");
        begins("attached");
        String other = stream.equals("output") ? "events" : "output";
        says(false, framed(other, "rest\n"));
        String big = 10 * BUDGET + ":1";
        ends(
                stream.equals("output")
                        ? "exit=0 output=" + big + " events=" + sum("rest\n")
                        : "exit=0 output=" + sum("rest\n") + " events=" + big);
        assertThat(job.end().state()).isEqualTo(State.INCOMPLETE);
        assertThat(job.end().exitCode()).hasValue(0);
        assertThat(job.end().reason())
                .contains("max_output (20.0 MB)", stream + ".log", "guid/0001");
        assertThat(stored(stream.equals("output") ? Stream.OUTPUT : Stream.EVENTS))
                .hasSize((int) BUDGET);
    }

    @Test
    void whatWasNotAskedForIsNotTaken() {
        command();
        says(false, "MARK hello\n" + framed("output", "early\n"));
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(stored(Stream.OUTPUT)).isEmpty();
    }

    /** A home may be another machine's too: what that one does is not for this one to say. */
    @Test
    void aJobOfAnotherMachineIsTriedAgain() {
        command();
        while (job.open()) {
            begins("elsewhere the job runs on another machine that shares this home folder: w2");
            assertThat(job.over()).isTrue();
            now = now.plus(job.pause());
            if (job.open()) {
                command();
                assertThat(verb).isEqualTo("attach");
            }
        }
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().mayHaveStarted()).isTrue();
        assertThat(job.end().reason()).contains("another machine that shares this home folder: w2");
    }

    @Test
    void waitsForItsTurn() {
        job = job(false, 1);
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
        says(false, "MARK attached\n");
        events("event\n");
        assertThat(job.waiting()).isFalse();
        assertThat(job.following()).isTrue();
        assertThat(job.deadline()).hasValue(now.plus(Duration.ofHours(1)));
        output("out\n");
        ends("exit=0 output=" + sum("out\n") + " events=" + sum("event\n"));
        assertThat(job.end().state()).isEqualTo(State.ENDED);
        assertThat(stored(Stream.EVENTS)).isEqualTo("event\n");
    }

    @Test
    void markOfAnotherNonceIsText() {
        command();
        begins("started");
        String forged =
                "jet-fanout 00000000000000000000000000000000 0 end exit=0 output=0:0 events=0:0\n";
        says(false, forged);
        says(true, mark + " end exit=0 output=0:0 events=0:0\n");
        events(forged);
        events(mark + " end exit=0 output=0:0 events=0:0\n");
        ends(
                "exit=2 output="
                        + EMPTY
                        + " events="
                        + sum(forged + mark + " end exit=0 output=0:0 events=0:0\n"));
        assertThat(job.end().exitCode()).hasValue(2);
        assertThat(stored(Stream.EVENTS)).startsWith(forged);
    }

    /** Login scripts may print what they like; who prints without end never gets the bundle. */
    @ParameterizedTest
    @CsvSource({"false, 70000", "true, 70000", "false, 5000000"})
    void muchNoiseBeforeTheFirstWord(boolean stderr, int bytes) {
        command();
        assertThat(job.read(stderr, new byte[bytes])).isEmpty();
        begins("started");
        output("x\n");
        ends("exit=0 output=" + sum("x\n") + " events=" + EMPTY);
        assertThat(job.end().state()).isEqualTo(State.ENDED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endlessNoise(boolean stderr) {
        command();
        for (int i = 0; i < 2000 && job.open(); i++) {
            assertThat(job.read(stderr, new byte[10_000])).isEmpty();
        }
        assertThat(job.takesBundle()).isFalse();
        assertThat(job.end().state()).isEqualTo(State.REFUSED);
        assertThat(job.end().mayHaveStarted()).isFalse();
        assertThat(job.end().reason())
                .contains(
                        "more than 16 MiB of other output came before the first line of the job"
                                + " script");
    }

    /** Words that nobody knows are no progress. */
    @Test
    void linesWithoutMeaningAreNoWord() {
        command();
        says(false, "MARK hello\n");
        Instant begun = now;
        for (int i = 0; i < 30; i++) {
            now = now.plusSeconds(1);
            says(false, "MARK well\nMARK \nMARK END exit=0\nMARK hello\n");
        }
        assertThat(job.answerBy()).hasValue(begun.plus(Job.LONGEST_SILENCE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "", "what", "attached 1", "started here"})
    void endlessLinesWithoutMeaning(String line) {
        command();
        begins("started");
        for (int i = 0; i < 1000 && !job.over(); i++) {
            says(false, ("MARK " + line + "\n").repeat(500));
        }
        assertThat(job.over()).isTrue();
        assertThat(job.open()).isTrue();
        assertThat(job.pause()).isPositive();
    }

    @Test
    void endlessNoiseWhileTheJobRuns() {
        command();
        begins("started");
        for (int i = 0; i < 4000 && !job.over(); i++) {
            assertThat(job.read(true, new byte[10_000])).isEmpty();
        }
        assertThat(job.over()).isTrue();
        assertThat(job.open()).isTrue();
        assertThat(job.pause()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "output 9", "output 99999999\n", "output 0\n", "events -1\n"})
    void endlessLinesAndFrames(String text) {
        command();
        begins("started");
        says(false, "MARK " + text);
        if (!text.endsWith("\n")) {
            says(false, "x".repeat(5000));
        }
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().reason()).contains("protocol error of the worker");
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
        output("one\ntw");
        ends("exit=0 output=" + sum("one\ntwo\n") + " events=" + EMPTY);
        assertThat(job.open()).isTrue();
        assertThat(job.pause()).isZero();
        command();
        assertThat(verb + " " + offsets).isEqualTo("attach 6 0");
        begins("attached");
        output("o\n");
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
                .containsExactly(
                        new AgentOutage(0, 12), new AgentOutage(100, 999_999_999_999_999_999L));
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
            output("x");
            ends("exit=0 output=" + (i + 2) + ":1 events=" + EMPTY);
        }
        assertThat(job.end().state()).isEqualTo(State.INCOMPLETE);
    }

    @Test
    void otherDigest() {
        command();
        begins("started");
        output("abc\n");
        ends("exit=0 output=" + sum("abd\n") + " events=" + EMPTY);
        assertThat(job.end().state()).isEqualTo(State.INCOMPLETE);
        assertThat(job.end().reason()).contains("the checksums do not match");
    }

    @Test
    void writtenToAfterTheEnd() {
        command();
        begins("started");
        output("abc\n");
        frames.addAll(job.flush());
        output("late\n");
        ends("exit=0 output=" + sum("ab") + " events=" + EMPTY);
        assertThat(job.end().state()).isEqualTo(State.INCOMPLETE);
        assertThat(job.end().reason()).contains("after the runner had ended");
        assertThat(stored(Stream.OUTPUT)).isEqualTo("abc\n");
    }

    @Test
    void hugeLineIsCutNotKept() {
        command();
        begins("started");
        for (int i = 0; i < 160; i++) {
            output("\u0000".repeat(65_536));
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
        command();
        assertThat(verb).isEqualTo("start");
    }

    /** Only attach is answered so: else such a worker would be asked again and again, at once. */
    @Test
    void startIsNotAnsweredThatThereIsNoJob() {
        command();
        begins("none");
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().reason()).contains("protocol error").contains("to start or end");
    }

    @Test
    void cancelIsNotAnsweredThatThereIsNoJob() {
        job = job(true);
        job.cancel();
        command();
        assertThat(verb).isEqualTo("cancel");
        begins("none");
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().reason()).contains("protocol error").contains("to start or end");
    }

    @Test
    void outageEndsWithBytes() {
        command();
        begins("started");
        for (int i = 0; i < 100; i++) {
            output("line\n");
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
        output("one\ntw");
        frames.addAll(job.flush());
        job.broken(new IOException("reset"));
        command();
        assertThat(offsets).isEqualTo("4 0");
        begins("attached");
        output("two\n");
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
        output("bye\n");
        ends("exit=gone output=" + sum("bye\n") + " events=" + EMPTY);
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().exitCode()).isEmpty();
        assertThat(stored(Stream.OUTPUT)).isEqualTo("bye\n");
    }

    @Test
    void unpackFailsTwice() {
        command();
        begins("refused unpack \u001b[31mtar: oh");
        assertThat(job.open()).isTrue();
        command();
        assertThat(verb).isEqualTo("start");
        begins("refused unpack \u001b[31mtar: oh");
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
        says(false, "MARK hello\n");
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
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().reason())
                .isEqualTo("cannot end the job: process group 12 does not end");
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
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> JobScript.status(name, new Nonce("0", 1, 2)));
        }
    }

    @Test
    void secretsAreNotShown() {
        assertThat(spec("guid", "0001").toString()).doesNotContain("swordfish");
    }
}
