package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.job.JobSpec.Packed;
import org.jetfanout.job.query.JobReply;
import org.jetfanout.machine.SteadyTime;
import org.jetfanout.testkit.TestJob;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.WorkerShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that wait between their plays, in real shells and with real processes. */
@Timeout(300)
class BarrierOnWorkerTest {
    private static final Nonce NONCE = new Nonce("00112233445566778899aabbccddeeff", 17, 25);

    /** Does each play that {@code plays} names: reads its pipe as jetp does, then says so. */
    private static final String RUNNER =
            """
            play() {
            	[ "$1" = 1 ] || { got=$(cat "barriers/$1") && [ "$got" = '{}' ]; } || exit 9
            	echo "play $1"
            	echo "{event: $1}" >>"$JET_LOG"
            }
            for number in $(cat plays); do
            	case $number in
            	exit*) exit "${number#exit}" ;;
            	*) play "$number" ;;
            	esac
            done
            echo done
            """;

    private final WorkerShell worker = new WorkerShell();
    private final String guid = UUID.randomUUID().toString();

    @BeforeEach
    void installRunner() {
        worker.program("runner", "#!/bin/sh\n" + RUNNER);
    }

    @AfterEach
    void close() {
        worker.close();
    }

    private TestJob job(Integer... barriers) {
        return TestJob.of("runner").guid(guid).barriers(barriers);
    }

    private JobSpec spec(Integer... barriers) {
        return job(barriers).spec();
    }

    private Drive drive(JobSpec spec, String plays) {
        return drive(spec, plays, "");
    }

    /**
     * @param lonely for how long it waits where nobody follows it, in place of as long as usual
     */
    private Drive drive(JobSpec spec, String plays, String lonely) {
        byte[] bundle = WorkerShell.bundle(spec, Map.of("plays", plays));
        if (!lonely.isEmpty()) {
            String text = new String(bundle, ISO_8859_1);
            assertThat(text).contains("lonely=604800");
            bundle = text.replace("lonely=604800", lonely).getBytes(ISO_8859_1);
        }
        return new Drive(worker, new Job(spec, 0, 0, false), bundle);
    }

    /** Each barrier is opened when the job is there. */
    private static boolean opens(Drive drive) {
        drive.job.atBarrier().ifPresent(drive.job::go);
        return false;
    }

    private static JobEnd ended(int exitCode) {
        return new JobEnd(State.ENDED, OptionalInt.of(exitCode), true, true, "");
    }

    private java.util.stream.Stream<String> processes(String word) {
        return worker.processes().stream().filter(line -> line.contains("jet-fanout " + word));
    }

    private void noProcesses() {
        Waiting.until("processes left: " + worker.processes(), () -> worker.processes().isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void waitsBeforeEachPlay(Packed packed) {
        Drive drive = drive(job(2, 3).packed(packed).spec(), "1 2 3");
        StringBuilder seen = new StringBuilder();
        drive.breaks =
                d -> {
                    d.job.atBarrier()
                            .ifPresent(
                                    play -> {
                                        seen.append(play)
                                                .append(": ")
                                                .append(d.output.toString(UTF_8))
                                                .append(d.events.toString(UTF_8));
                                        d.job.go(play);
                                    });
                    return false;
                };
        assertThat(drive.run()).isEqualTo(ended(0));
        assertThat(seen.toString())
                .isEqualTo(
                        """
                        2: play 1
                        {event: 1}
                        3: play 1
                        play 2
                        {event: 1}
                        {event: 2}
                        """);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("play 1\nplay 2\nplay 3\ndone\n");
        assertThat(drive.connections).isEqualTo(1);
        noProcesses();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "bash --posix"})
    void inEachShell(String shell) {
        worker.program("sh", "#!/bin/sh\nexec " + shell + " \"$@\"\n");
        Drive drive = drive(spec(2, 3), "1 2 exit4");
        drive.breaks =
                d -> {
                    if (d.job.runnerEnded().isPresent()) {
                        d.job.again(files("plays", "3"));
                    }
                    return opens(d);
                };
        assertThat(drive.run()).isEqualTo(ended(0));
        assertThat(drive.output.toString(UTF_8)).isEqualTo("play 1\nplay 2\nplay 3\ndone\n");
        noProcesses();
    }

    /** The connection breaks at each barrier, with a decision on its way or before. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void connectionBreaksAtTheBarrier(boolean decided) {
        Drive drive = drive(spec(2, 3), "1 2 3");
        drive.breaks =
                d -> {
                    boolean there = d.job.atBarrier().isPresent();
                    if (d.connections % 2 == 0) {
                        return opens(d);
                    }
                    if (there && decided) {
                        d.job.decisionsGoTo(bytes -> {});
                        opens(d);
                    }
                    return there;
                };
        assertThat(drive.run()).isEqualTo(ended(0));
        assertThat(drive.connections).isGreaterThan(1);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("play 1\nplay 2\nplay 3\ndone\n");
        noProcesses();
    }

    /** As after kill -9 of the control machine, or where the batch gave its thread to another. */
    @Test
    void anotherFollowsAtTheBarrier() {
        JobSpec spec = spec(2, 3);
        Drive first = drive(spec, "1 2 3");
        first.breaks = d -> d.job.atBarrier().isPresent();
        first.connect();
        assertThat(first.job.atBarrier()).hasValue(2);
        Waiting.until("who followed has gone", () -> !processes("attach").findAny().isPresent());
        Drive second = new Drive(worker, new Job(spec, 0, 0, true), new byte[0]);
        second.breaks =
                d -> {
                    d.job.go(2);
                    return d.job.atBarrier().isPresent();
                };
        second.connect();
        assertThat(second.job.passed()).isEqualTo(2);
        assertThat(second.job.atBarrier()).hasValue(3);
        Drive third = new Drive(worker, new Job(spec, 0, 0, true), new byte[0]);
        third.breaks = BarrierOnWorkerTest::opens;
        assertThat(third.run()).isEqualTo(ended(0));
        assertThat(third.output.toString(UTF_8)).isEqualTo("play 1\nplay 2\nplay 3\ndone\n");
        noProcesses();
    }

    /** Whoever takes it up later knows how far it came, whatever it does by then. */
    @ParameterizedTest
    @CsvSource({"1 2 exit4,4", "1 2 3 wait,0"})
    void howFarItCameIsKnownLater(String plays, int exitCode) {
        worker.program(
                "runner",
                "#!/bin/sh\n"
                        + RUNNER.replace(
                                "*) play",
                                "wait) until [ -e ~/go ]; do sleep 0.05; done ;;\n*) play"));
        JobSpec spec = spec(2, 3, 4);
        Drive first = drive(spec, plays);
        first.breaks = d -> opens(d) || d.job.runnerEnded().isPresent() || d.job.passed() == 3;
        first.connect();
        Drive second = new Drive(worker, new Job(spec, 0, 0, true), new byte[0]);
        second.breaks =
                d -> {
                    if (d.job.passed() > 0) {
                        worker.call("touch ~/go");
                        d.job.close();
                    }
                    return false;
                };
        assertThat(second.run()).isEqualTo(ended(exitCode));
        assertThat(second.job.passed()).isEqualTo(exitCode == 0 ? 3 : 2);
    }

    /** It is already known that all may go on when the job gets there. */
    @Test
    void openBeforeItGetsThere() {
        Drive drive = drive(spec(2, 3), "1 2 3");
        drive.job.go(3);
        drive.breaks =
                d -> {
                    assertThat(d.job.atBarrier()).isEmpty();
                    return false;
                };
        assertThat(drive.run()).isEqualTo(ended(0));
        assertThat(drive.output.toString(UTF_8)).isEqualTo("play 1\nplay 2\nplay 3\ndone\n");
    }

    /** A start that finds the job there reads past the bundle before it takes what is decided. */
    @Test
    void startThatFindsTheJobThere() {
        JobSpec spec = spec(2);
        Drive first = drive(spec, "1 2");
        first.breaks = d -> d.job.atBarrier().isPresent();
        first.connect();
        Drive second = drive(spec, "1 2");
        second.breaks = BarrierOnWorkerTest::opens;
        assertThat(second.run()).isEqualTo(ended(0));
        assertThat(second.output.toString(UTF_8)).isEqualTo("play 1\nplay 2\ndone\n");
    }

    /** A play that is not begun has a pipe that nobody opens. */
    @ParameterizedTest
    @ValueSource(strings = {"1 4", "1 3 2 4", "4"})
    void aPlayThatIsLeftOutHoldsUpNobody(String plays) {
        Drive drive = drive(spec(2, 3, 4), plays);
        drive.breaks = BarrierOnWorkerTest::opens;
        assertThat(drive.run()).isEqualTo(ended(0));
        String said = "play " + plays.replace(" ", "\nplay ") + "\ndone\n";
        assertThat(drive.output.toString(UTF_8)).isEqualTo(said);
        noProcesses();
    }

    @Test
    void aRunnerThatOpensItTwice() {
        worker.program(
                "runner",
                "#!/bin/sh\ncat barriers/2 barriers/2; cat barriers/2; ls -l barriers/2 | cut -c 1\n");
        Drive drive = drive(spec(2), "");
        drive.breaks = BarrierOnWorkerTest::opens;
        assertThat(drive.run()).isEqualTo(ended(0));
        assertThat(drive.output.toString(UTF_8)).isEqualTo("{}\n{}\n{}\n-\n");
    }

    /** No more is done by it, also where it does not end when it is told to. */
    @ParameterizedTest
    @CsvSource({"'',143", "trap '' TERM;,137"})
    void stopsAtTheBarrier(String first, int exitCode) {
        worker.program("runner", "#!/bin/sh\n" + first + RUNNER);
        Drive drive = drive(spec(2, 3), "1 2 3");
        drive.breaks =
                d -> {
                    if (d.job.atBarrier().isPresent()) {
                        d.job.stop();
                    }
                    return false;
                };
        assertThat(drive.run()).isEqualTo(ended(exitCode));
        assertThat(drive.output.toString(UTF_8)).isEqualTo("play 1\n");
        noProcesses();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isCancelledWhereItWaits(boolean atBarrier) {
        Drive drive = drive(spec(2, 3), atBarrier ? "1 2 3" : "1 exit4");
        drive.breaks =
                d -> {
                    boolean there =
                            d.job.atBarrier().isPresent() || d.job.runnerEnded().isPresent();
                    if (there) {
                        d.job.cancel();
                    }
                    return there;
                };
        JobEnd end = drive.run();
        assertThat(end.state()).isEqualTo(State.CANCELLED);
        assertThat(end.exitCode()).hasValue(atBarrier ? 143 : 4);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("play 1\n");
        noProcesses();
    }

    /** By a command beside the connection that follows. */
    @Test
    void isCancelledFromBeside() throws InterruptedException {
        JobSpec spec = spec(2);
        Drive drive = drive(spec, "1 2");
        Thread thread = new Thread(drive::run);
        thread.start();
        Waiting.until("it waits", () -> drive.job.atBarrier().isPresent());
        JobReply reply = new JobReply(NONCE);
        reply.read(false, worker.call(JobScript.cancel(guid, "0001", NONCE)).getBytes(UTF_8));
        assertThat(reply.cancelled()).isTrue();
        thread.join();
        assertThat(drive.job.end()).isEqualTo(ended(143));
        noProcesses();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 exit4", "1 2 exit4"})
    void endsWithTheRunner(String plays) {
        Drive drive = drive(spec(2, 3), plays);
        drive.breaks =
                d -> {
                    d.job.runnerEnded()
                            .ifPresent(
                                    end -> {
                                        assertThat(end).isEqualTo(new RunnerEnd(1, 4));
                                        d.job.close();
                                    });
                    return opens(d);
                };
        assertThat(drive.run()).isEqualTo(ended(4));
        noProcesses();
    }

    /** Where no play is left nobody is asked. */
    @Test
    void endsByItselfInTheLastPlay() {
        Drive drive = drive(spec(2), "1 2 exit4");
        drive.breaks =
                d -> {
                    assertThat(d.job.runnerEnded()).isEmpty();
                    return opens(d);
                };
        assertThat(drive.run()).isEqualTo(ended(4));
    }

    /** The connection breaks now and then meanwhile: the runner starts twice all the same. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void startsOnceMore(int broken) {
        Drive drive = drive(spec(2, 3, 4), "1 exit4");
        int[] breaks = {0};
        drive.breaks =
                d -> {
                    boolean waits =
                            d.job.runnerEnded().isPresent() || d.job.atBarrier().isPresent();
                    if (d.job.runnerEnded().isPresent()) {
                        int start = d.job.runnerEnded().get().start();
                        d.job.again(
                                files("plays", start == 1 ? "2 exit5" : start == 2 ? "4" : "9"));
                    }
                    opens(d);
                    return waits && broken > 0 && breaks[0]++ % broken == 0 && breaks[0] < 9;
                };
        assertThat(drive.run()).isEqualTo(ended(0));
        assertThat(drive.output.toString(UTF_8)).isEqualTo("play 1\nplay 2\nplay 4\ndone\n");
        assertThat(drive.events.toString(UTF_8)).isEqualTo("{event: 1}\n{event: 2}\n{event: 4}\n");
        noProcesses();
    }

    @Test
    void whatCannotBeUnpackedIsSaid() {
        Drive drive = drive(spec(2), "1 exit4");
        drive.breaks =
                d -> {
                    d.job.again("no archive".getBytes(UTF_8));
                    return false;
                };
        assertThat(drive.run()).isEqualTo(ended(4));
        assertThat(drive.output.toString(UTF_8))
                .startsWith(
                        "play 1\njet-fanout: the files for another start of the runner cannot be"
                                + " unpacked: ")
                .contains("gzip");
        noProcesses();
    }

    /** Neither leaves processes behind, whoever of the job is killed. */
    @ParameterizedTest
    @CsvSource({
        "'kill -9 $(cut -d \" \" -f 3 ~/.jet-fanout/*/*/pid)', ENDED",
        "'kill -9 $(cut -d \" \" -f 1 ~/.jet-fanout/*/*/pid) $(cut -d \" \" -f 3 ~/.jet-fanout/*/*/pid)', LOST",
        "'kill -s KILL -- -$(cut -d \" \" -f 1 ~/.jet-fanout/*/*/pid)', LOST",
    })
    void isKilledAtTheBarrier(String kill, State state) {
        Drive drive = drive(spec(2, 3), "1 2 3");
        drive.breaks =
                d -> {
                    if (d.job.atBarrier().isPresent()) {
                        worker.call(kill);
                        d.job.stop();
                    }
                    return false;
                };
        assertThat(drive.run().state()).isEqualTo(state);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("play 1\n");
        noProcesses();
    }

    @Test
    void timeAtTheBarrierIsNotTheJobs() {
        JobSpec spec = job(2).jobTimeout(Duration.ofMinutes(10)).spec();
        SteadyTime time = new SteadyTime();
        AtomicLong skipped = new AtomicLong();
        InstantSource clock = () -> time.instant().plusSeconds(skipped.get());
        Drive drive =
                new Drive(
                        worker,
                        new Job(spec, new Cksum(), new Cksum(), false, clock, new Random(1)),
                        WorkerShell.bundle(spec, Map.of("plays", "1 2")));
        drive.breaks =
                d -> {
                    assertThat(d.job.deadline().isEmpty()).isEqualTo(d.job.atBarrier().isPresent());
                    if (d.job.atBarrier().isPresent() && skipped.get() == 0) {
                        skipped.set(3600);
                        d.job.go(2);
                    }
                    return false;
                };
        assertThat(drive.run()).isEqualTo(ended(0));
    }

    /** What a job waits for may be behind another job in the queue of a worker: that one runs. */
    @Test
    void itsTurnIsAnothersWhileItWaits() {
        Drive waits = drive(job(2, 3).maxJobs(1).spec(), "1 exit2");
        waits.breaks = d -> d.job.runnerEnded().isPresent();
        waits.connect();
        runsMeanwhile("0002");
        waits.breaks =
                d -> {
                    if (d.job.runnerEnded().isPresent()) {
                        d.job.again(files("plays", "2 3"));
                    }
                    return d.job.atBarrier().isPresent();
                };
        waits.connect();
        runsMeanwhile("0003");
        waits.breaks = BarrierOnWorkerTest::opens;
        assertThat(waits.run()).isEqualTo(ended(0));
        assertThat(worker.call("ls ~/.jet-fanout/queue/*")).isEqualTo("lock\nmachine\n");
        noProcesses();
    }

    private void runsMeanwhile(String batch) {
        JobSpec other = job().batch(batch).maxJobs(1).spec();
        assertThat(drive(other, "1").run()).isEqualTo(ended(0));
    }

    /** No more than {@code max_jobs} work at a time: who may go on waits for who has its turn. */
    @Test
    void waitsForItsTurnAgain() throws InterruptedException {
        Drive waits = drive(job(2).maxJobs(1).spec(), "1 2");
        waits.breaks = d -> d.job.atBarrier().isPresent();
        waits.connect();
        worker.program(
                "runner", "#!/bin/sh\necho in >~/in; until [ -e ~/go ]; do sleep 0.05; done\n");
        Thread other = new Thread(drive(job().batch("0002").maxJobs(1).spec(), "")::run);
        other.start();
        Waiting.until("the other runs", () -> worker.home.resolve("in").toFile().exists());
        Thread thread = new Thread(waits::run);
        waits.breaks = BarrierOnWorkerTest::opens;
        thread.start();
        Waiting.until(
                "it waits for its turn",
                () -> worker.call("ls ~/.jet-fanout/queue/*").equals("1\nlock\nmachine\nrun.2\n"));
        assertThat(waits.output.toString(UTF_8)).isEqualTo("play 1\n");
        worker.call("touch ~/go");
        other.join();
        thread.join();
        assertThat(waits.output.toString(UTF_8)).isEqualTo("play 1\nplay 2\ndone\n");
    }

    /** Nobody comes back for it: it does not wait for ever. */
    @Test
    void endsWhereNobodyFollowsForTooLong() {
        JobSpec spec = spec(2);
        Drive drive = drive(spec, "1 2", "lonely=000001");
        long[] since = {0};
        // as long as somebody follows, it waits
        drive.breaks =
                d -> {
                    if (since[0] == 0 && d.job.atBarrier().isPresent()) {
                        since[0] = System.nanoTime();
                    }
                    return since[0] != 0 && System.nanoTime() - since[0] > 7_000_000_000L;
                };
        drive.connect();
        assertThat(drive.job.atBarrier()).hasValue(2);
        noProcesses();
        drive.breaks = d -> false;
        assertThat(drive.run()).isEqualTo(ended(143));
        assertThat(drive.output.toString(UTF_8)).isEqualTo("play 1\n");
    }

    @Test
    void withoutNamedPipesItRefusesAndSaysWhy() {
        worker.program("mkfifo", "#!/bin/sh\necho mkfifo: not permitted >&2\nexit 1\n");
        JobEnd end = drive(spec(2), "1 2").run();
        assertThat(end.state()).isEqualTo(State.REFUSED);
        assertThat(end.reason())
                .startsWith("order: plays needs named pipes, and ")
                .endsWith("does not support them: mkfifo: not permitted");
        assertThat(worker.home.resolve(".jet-fanout")).isEmptyDirectory();
    }

    /** What the worker needs for barriers goes with those jobs alone. */
    @Test
    void aJobWithoutBarriersKnowsNothingOfThem() {
        JobSpec spec = spec();
        Drive drive = drive(spec, "1");
        assertThat(drive.run()).isEqualTo(ended(0));
        assertThat(drive.job.wantsStdin()).isEqualTo(drive.job.wantsBundle());
        assertThat(worker.names(spec))
                .containsExactly("events.log", "exit", "follower", "job", "output.log", "pid");
        assertThat(new Job(spec, 0, 0, false).command())
                .doesNotContain("mkfifo barriers", "head -c");
        assertThat(new String(JobFiles.of(spec).get(JobFiles.RUN), UTF_8))
                .doesNotContain("barriers/");
    }

    static byte[] files(String name, String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setSize(text.length());
            tar.putArchiveEntry(entry);
            tar.write(text.getBytes(UTF_8));
            tar.closeArchiveEntry();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }
}
