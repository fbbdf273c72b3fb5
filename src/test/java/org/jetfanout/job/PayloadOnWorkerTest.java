package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.testkit.TestJob;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.WorkerShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that goes to a worker beside the bundle: once, whole, and on from where it broke. */
@Timeout(300)
class PayloadOnWorkerTest {
    private static final Nonce NONCE = new Nonce("00112233445566778899aabbccddeeff", 17, 25);

    private final WorkerShell worker = new WorkerShell();
    private final String guid = UUID.randomUUID().toString();
    private final byte[] file = random(1_000_000);

    @AfterEach
    void close() {
        worker.close();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private JobSpec spec(String batch, String script) {
        return TestJob.script(script).guid(guid).batch(batch).payload(file).spec();
    }

    private Drive drive(JobSpec spec) {
        Drive drive = Drive.of(worker, spec);
        drive.payload = file;
        return drive;
    }

    private Drive copies(String batch) {
        return drive(spec(batch, "cat payload; stat -c %a payload >$JET_LOG"));
    }

    private void isWhole(Drive drive) {
        assertThat(drive.job.end().reason()).isEmpty();
        assertThat(drive.job.end().state()).isEqualTo(State.ENDED);
        assertThat(drive.output.toByteArray()).isEqualTo(file);
        assertThat(drive.events.toString(UTF_8)).isEqualTo("600\n");
    }

    @Test
    void theRunnerFindsIt() {
        Drive drive = copies("0001");
        drive.run();
        isWhole(drive);
        assertThat(drive.connections).isEqualTo(1);
        assertThat(worker.call("ls ~/.jet-fanout/" + guid + "/0001"))
                .isEqualTo("events.log\nexit\nfollower\njob\noutput.log\npid\n");
    }

    /** A worker does not get it twice, in this run or the next one. */
    @Test
    void onceIsEnough() {
        copies("0001").run();
        Drive second = copies("0002");
        second.run();
        isWhole(second);
        assertThat(second.sent).isZero();
        assertThat(worker.call("cd ~/.jet-fanout/files/* && stat -c %a . content && ls").lines())
                .containsExactlyInAnyOrder("700", "600", guid.toString(), "content");

        assertThat(clean()).isTrue();
        assertThat(worker.call("ls ~/.jet-fanout")).isEmpty();
    }

    private boolean clean() {
        var reply = new org.jetfanout.job.query.JobReply(NONCE);
        reply.read(false, worker.call(JobScript.clean(guid, NONCE)).getBytes(UTF_8));
        return reply.complete();
    }

    @ParameterizedTest
    @ValueSource(strings = {"printf x >>content", "printf x | dd conv=notrunc of=content 2>&1"})
    void whatIsDamagedThereIsSentAgain(String damage) {
        copies("0001").run();
        worker.call("cd ~/.jet-fanout/files/* && " + damage);
        Drive second = copies("0002");
        second.run();
        isWhole(second);
        assertThat(second.sent).isEqualTo(file.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void goesOnFromWhereTheConnectionBroke(int seed) {
        Drive drive = copies("0001");
        Random random = new Random(seed);
        drive.sentBeforeBreak = 100_000L + random.nextInt(200_000);
        drive.breaks =
                d -> {
                    boolean cut = d.sent >= d.sentBeforeBreak;
                    if (cut) {
                        WorkerShell.pause(random.nextInt(100));
                        d.sentBeforeBreak = d.connections > 6 ? Long.MAX_VALUE : d.sent + 150_000;
                    }
                    return cut;
                };
        drive.run();
        isWhole(drive);
        assertThat(drive.connections).isGreaterThan(4);
        // what was on its way at each break, in pipes
        assertThat(drive.sent).isLessThan(file.length + 6L * 300_000);
        noProcesses();
    }

    /** As where the network is gone and the worker does not know: it waits for the rest. */
    @Test
    void theNextConnectionEndsTheOneThatHangs() throws Exception {
        JobSpec spec = spec("0001", "cat payload; stat -c %a payload >$JET_LOG");
        Process hangs = hangs(spec);

        Drive drive = drive(spec);
        drive.run();
        isWhole(drive);
        assertThat(drive.sent).isEqualTo(file.length - 300_000);
        Waiting.until("the first one ended", () -> !hangs.isAlive());
        assertThat(worker.names(spec)).noneMatch(name -> name.startsWith("bundle"));
        noProcesses();
    }

    /** It does not end when it is told to, and what it has started goes on with the file. */
    @Test
    void theNextConnectionDoesNotShareTheFileWithOneThatIsStopped() throws Exception {
        JobSpec spec = spec("0001", "cat payload; stat -c %a payload >$JET_LOG");
        Process hangs = hangs(spec);
        String cat =
                worker.call(
                                """
                                set -- $(cat ~/.jet-fanout/*/0001/writer.1)
                                cat=$(pgrep -P $1 cat) && kill -s STOP $1 $cat && echo $cat
                                """)
                        .strip();
        assertThat(cat).matches("[0-9]+");
        hangs.getOutputStream().write(file, 0, 10_000);
        hangs.getOutputStream().flush();
        Drive drive = drive(spec);
        drive.breaks =
                d -> {
                    if (d.job.takesBundle()) {
                        worker.call("kill -s CONT " + cat);
                    }
                    return false;
                };
        drive.run();
        isWhole(drive);
        assertThat(drive.connections).isEqualTo(1);
        Waiting.until("the first one ended", () -> !hangs.isAlive());
        hangs.getOutputStream().close();
        noProcesses();
    }

    /** A connection that has brought 300,000 bytes of the file, and then no more. */
    private Process hangs(JobSpec spec) throws Exception {
        Job first = new Job(spec, 0, 0, false);
        Process hangs = worker.exec(first.command());
        byte[] bundle = WorkerShell.bundle(spec, Map.of());
        while (!first.takesBundle()) {
            byte[] said = new byte[1000];
            int count = hangs.getInputStream().read(said);
            first.read(false, java.util.Arrays.copyOf(said, count));
        }
        var stdin = hangs.getOutputStream();
        stdin.write(("bundle " + bundle.length + "\n").getBytes(UTF_8));
        stdin.write(bundle);
        stdin.write(file, 0, 300_000);
        stdin.flush();
        Path part = worker.folder(spec).resolve("part");
        Waiting.until("part", () -> Files.exists(part) && Files.size(part) == 300_000);
        return hangs;
    }

    /** The bundle and the file are there whole, or nothing is: so another worker may take over. */
    @Test
    void aJobWhoseFileDidNotArriveWasNotStarted() {
        JobSpec spec = spec("0001", "touch ~/started");
        Drive drive = drive(spec);
        drive.sentBeforeBreak = 200_000;
        drive.breaks = d -> d.sent >= 200_000;
        drive.connect();
        assertThat(drive.job.mayHaveStarted()).isFalse();
        drive.job.cancel();
        assertThat(drive.run().state()).isEqualTo(State.CANCELLED);
        assertThat(worker.home.resolve("started")).doesNotExist();
    }

    @Test
    void cancelRemovesWhatHasArrived() {
        JobSpec spec = spec("0001", "touch ~/started");
        Drive drive = drive(spec);
        drive.sentBeforeBreak = 200_000;
        drive.breaks = d -> d.sent >= 200_000;
        drive.connect();
        Waiting.until("part", () -> worker.names(spec).contains("part"));
        worker.call(JobScript.cancel(guid, "0001", NONCE));
        assertThat(worker.names(spec)).doesNotContain("part");
        assertThat(drive(spec).run().state()).isEqualTo(State.ENDED);
        assertThat(worker.home.resolve("started")).doesNotExist();
    }

    @Test
    void refusedWithoutSpace() {
        worker.program(
                "df",
                """
                #!/bin/sh
                echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'
                echo '/dev/x 100 100 2000 100% /'
                """);
        JobEnd end = copies("0001").run();
        assertThat(end.state()).isEqualTo(State.REFUSED);
        assertThat(end.mayHaveStarted()).isFalse();
        assertThat(end.reason())
                .matches("no space for the file in .*: it needs 5072 KiB more, and 2000 .*");
        assertThat(worker.call("ls ~/.jet-fanout")).isEmpty();
    }

    /** Files of earlier runs must not use up the worker's disk. */
    @Test
    void oldFilesMakeRoom() {
        worker.call("mkdir -p ~/.jet-fanout/files/old && echo x >~/.jet-fanout/files/old/content");
        worker.program(
                "df",
                """
                #!/bin/sh
                room=9999999; [ ! -e "$HOME/.jet-fanout/files/old" ] || room=2000
                echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'
                echo "/dev/x 100 100 $room 100% /"
                """);
        Drive drive = copies("0001");
        drive.run();
        isWhole(drive);
    }

    @Test
    void theDiskFillsUpOnTheWay() {
        String home = worker.home.toString();
        String[] small = {"mount", "-t", "tmpfs", "-o", "size=600k,mode=777", "tmpfs", home};
        boolean mounted = WorkerShell.run(small) == 0;
        if (!mounted) {
            worker.program(
                    "cat",
                    "#!/bin/sh\nhead -c 100000; echo 'cat: write error: No space left' >&2; exit 1\n");
        }
        try {
            JobEnd end = copies("0001").run();
            assertThat(end.state()).isEqualTo(State.REFUSED);
            assertThat(end.mayHaveStarted()).isFalse();
            assertThat(end.reason())
                    .startsWith(mounted ? "no space" : "the file cannot be written: cat: write");
            assertThat(worker.call("ls ~/.jet-fanout")).isEmpty();
        } finally {
            if (mounted) {
                WorkerShell.run("umount", "-l", home);
            }
        }
    }

    /** Some heads read more than they pass on. */
    @Test
    void aHeadThatReadsTooMuch() {
        worker.program(
                "head",
                "#!/bin/sh\n[ $1 = -c ] || exec /usr/bin/head \"$@\"\nexec dd bs=65536 count=1 2>/dev/null\n");
        Drive drive = copies("0001");
        drive.run();
        isWhole(drive);
    }

    @Test
    void damagedOnTheWayTwiceIsRefused() {
        Drive drive = copies("0001");
        drive.payload = random(file.length + 1);
        drive.payload = java.util.Arrays.copyOf(drive.payload, file.length);
        JobEnd end = drive.run();
        assertThat(end.state()).isEqualTo(State.REFUSED);
        assertThat(end.reason()).isEqualTo("the file arrived damaged");
        assertThat(drive.connections).isEqualTo(2);
        assertThat(worker.call("ls ~/.jet-fanout")).isEmpty();
    }

    @Test
    void emptyFile() {
        JobSpec spec = TestJob.script("wc -c <payload").guid(guid).payload(new byte[0]).spec();
        Drive drive = Drive.of(worker, spec);
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("0\n");
    }

    @RepeatedTest(5)
    void sixStartsAtOnceAreOneJob() throws Exception {
        JobSpec spec =
                spec("0001", "echo start >>~/starts; sleep 0.3; cmp payload payload && echo done");
        java.util.List<Drive> drives = new java.util.ArrayList<>();
        java.util.List<Thread> threads = new java.util.ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Drive drive = drive(spec);
            drives.add(drive);
            Thread thread = new Thread(drive::run);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(worker.call("cat ~/starts")).isEqualTo("start\n");
        for (Drive drive : drives) {
            assertThat(drive.job.end().reason()).isEmpty();
            assertThat(drive.job.end().state()).isEqualTo(State.ENDED);
            assertThat(drive.output.toString(UTF_8)).isEqualTo("done\n");
        }
        noProcesses();
    }

    private void noProcesses() {
        Waiting.until("no process left", () -> worker.processes().isEmpty());
    }
}
