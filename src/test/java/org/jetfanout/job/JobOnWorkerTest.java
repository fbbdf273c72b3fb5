package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.job.JobSpec.Packed;
import org.jetfanout.job.query.JobReply;
import org.jetfanout.job.query.JobStatus;
import org.jetfanout.machine.SteadyTime;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.testkit.TestJob;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.WorkerShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script and the state machine against each other, in real shells and with real processes. */
@Timeout(300)
class JobOnWorkerTest {
    private static final Nonce NONCE = new Nonce("00112233445566778899aabbccddeeff", 17, 25);

    private final WorkerShell worker = new WorkerShell();
    private final String guid = UUID.randomUUID().toString();

    @AfterEach
    void close() {
        worker.close();
    }

    private JobSpec spec(String batch, String script) {
        return job(TestJob.script(script)).batch(batch).spec();
    }

    private TestJob job(TestJob job) {
        return job.guid(guid)
                .packed(Packed.GZIP)
                .env(Map.of("GREETING", "it's \"$(id)\" `id` \\ \n€"));
    }

    @ParameterizedTest
    @EnumSource
    void runs(Packed packed) throws IOException {
        JobSpec spec =
                job(TestJob.of(
                                "sh",
                                "-c",
                                "cat playbook.yml; echo"
                                        + " \"$GREETING|$JET_FANOUT_GUID|$JET_FANOUT_BATCH|$1\"; echo oops >&2;"
                                        + " printf 'one\\n"
                                        + "two' >\"$JET_LOG\"; exit 7",
                                "runner",
                                "a b'c"))
                        .packed(packed)
                        .spec();
        Drive drive = Drive.of(worker, spec);
        JobEnd end = drive.run();

        assertThat(end).isEqualTo(new JobEnd(State.ENDED, OptionalInt.of(7), true, true, ""));
        assertThat(drive.connections).isEqualTo(1);
        assertThat(drive.output.toString(UTF_8))
                .isEqualTo(
                        "- name: play\nit's \"$(id)\" `id` \\ \n€|" + guid + "|0001|a b'c\noops\n");
        assertThat(drive.events.toString(UTF_8)).isEqualTo("one\ntwo");
        assertThat(worker.file(spec, "output.log")).isEqualTo(drive.output.toByteArray());
        assertThat(worker.names(spec))
                .containsExactly("events.log", "exit", "follower", "job", "output.log", "pid");
        assertThat(worker.call("stat -c %a ~/.jet-fanout ~/.jet-fanout/* ~/.jet-fanout/*/*"))
                .isEqualTo("700\n700\n700\n");
        assertThat(worker.call("cd ~/.jet-fanout/*/* && stat -c %a * | sort -u"))
                .isEqualTo("600\n");
        noProcesses();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "busybox sh"})
    void runsInEachShell(String shell) {
        worker.program("sh", "#!/bin/sh\nexec " + shell + " \"$@\"\n");
        JobSpec spec = spec("0001", "echo one; until [ -e ~/go ]; do sleep 0.02; done; echo two");
        Drive drive = Drive.of(worker, spec);
        int[] seen = {0};
        drive.breaks =
                d -> {
                    boolean first = d.output.size() > 0 && seen[0]++ == 0;
                    if (first) {
                        worker.call("touch ~/go");
                    }
                    return first;
                };

        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.connections).isEqualTo(2);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("one\ntwo\n");
        noProcesses();
    }

    /** A little plain text goes without a program; shells would change other bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "busybox sh"})
    void aLittleOutputAsItIs(String shell) {
        worker.program("sh", "#!/bin/sh\nexec " + shell + " \"$@\"\n");
        List<String> texts =
                List.of(
                        "a\\\\b  \\\"c\\\" \\n  d $HOME `id` %s",
                        "\\n\\n",
                        "a\\000b\\n",
                        "\\000",
                        "\\201\\202\\210 \\303\\251\\342\\202\\254\\n",
                        "tab\\tcr\\r\\n",
                        "x".repeat(399) + "\\n",
                        "x".repeat(400) + "\\n");
        for (int i = 0; i < texts.size(); i++) {
            JobSpec spec =
                    spec(
                            "b" + i,
                            "printf '%1$s' | tee -a \"$JET_LOG\""
                                    .formatted(texts.get(i).replace("%s", "%%s")));
            Drive drive = Drive.of(worker, spec);
            assertThat(drive.run().state()).isEqualTo(State.ENDED);
            assertThat(drive.connections).isEqualTo(1);
            assertThat(drive.output.toByteArray()).isEqualTo(worker.file(spec, "output.log"));
            assertThat(drive.events.toByteArray()).isEqualTo(worker.file(spec, "events.log"));
        }
        noProcesses();
    }

    @ParameterizedTest
    @ValueSource(ints = {41, 42, 43})
    void everyByteOnceWhateverBreaks(int seed) {
        JobSpec spec =
                spec(
                        "0001",
                        "echo start >>~/starts; i=0; while [ $i -lt 4000 ]; do"
                                + " echo \"line $i of the text\"; echo \"{event: $i}\" >>$JET_LOG;"
                                + " printf '\\000\\377 no line end'; i=$((i+1));"
                                + " [ $((i % 200)) != 0 ] || sleep 0.05; done;"
                                + " until [ -e ~/go ]; do sleep 0.02; done");
        Drive drive = Drive.of(worker, spec);
        Random random = new Random(seed);
        drive.breaks =
                d -> {
                    if (d.connections > 5 && !Files.exists(worker.home.resolve("go"))) {
                        worker.call("touch ~/go");
                    }
                    if (d.connections < 15 && random.nextInt(6) == 0) {
                        WorkerShell.pause(random.nextInt(15));
                        return true;
                    }
                    return false;
                };
        JobEnd end = drive.run();

        assertThat(end.state()).isEqualTo(State.ENDED);
        assertThat(drive.connections).isGreaterThan(5);
        assertThat(drive.output.toByteArray()).isEqualTo(worker.file(spec, "output.log"));
        assertThat(drive.events.toByteArray()).isEqualTo(worker.file(spec, "events.log"));
        assertThat(worker.call("cat ~/starts")).isEqualTo("start\n");
        noProcesses();
    }

    /** The connection breaks 0, 1, 2… ms after the command, while the bundle is on its way. */
    @Test
    void breaksWhileItStarts() {
        for (int i = 0; i < 40; i++) {
            JobSpec spec = spec("b" + i, "echo $JET_FANOUT_BATCH >>~/starts; echo done");
            Drive drive = Drive.of(worker, spec);
            long moment = System.nanoTime() + i * 500_000L;
            drive.breaks =
                    d -> {
                        while (d.connections == 1 && System.nanoTime() < moment) {
                            Thread.onSpinWait();
                        }
                        return d.connections == 1;
                    };
            assertThat(drive.run().state()).isEqualTo(State.ENDED);
            assertThat(drive.output.toString(UTF_8)).isEqualTo("done\n");
        }
        assertThat(worker.call("sort ~/starts | uniq -c | grep -c ' 1 b'")).isEqualTo("40\n");
        noProcesses();
    }

    @Test
    void twoStartsAtOnceAreOneJob() throws Exception {
        JobSpec spec = spec("0001", "echo start >>~/starts; sleep 0.3; echo done");
        List<Thread> threads = new ArrayList<>();
        List<Drive> drives = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Drive drive = Drive.of(worker, spec);
            drives.add(drive);
            threads.add(new Thread(drive::run));
        }
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(worker.call("cat ~/starts")).isEqualTo("start\n");
        for (Drive drive : drives) {
            assertThat(drive.job.end().state()).isEqualTo(State.ENDED);
            assertThat(drive.output.toString(UTF_8)).isEqualTo("done\n");
        }
        noProcesses();
    }

    @Test
    void endedLongAgo() {
        JobSpec spec = spec("0001", "echo done");
        Drive.of(worker, spec).run();
        Drive later = new Drive(worker, new Job(spec, 0, 0, true), new byte[0]);
        assertThat(later.run())
                .isEqualTo(new JobEnd(State.ENDED, OptionalInt.of(0), true, true, ""));
        assertThat(later.output.toString(UTF_8)).isEqualTo("done\n");

        Cksum stored = new Cksum();
        stored.add("do".getBytes(UTF_8));
        Job job =
                new Job(
                        spec,
                        stored,
                        new Cksum(),
                        true,
                        java.time.InstantSource.system(),
                        new Random(1));
        while (job.open()) {
            byte[] out = worker.call(job.command()).getBytes(UTF_8);
            assertThat(job.read(false, out))
                    .singleElement()
                    .satisfies(
                            frame -> assertThat(frame.bytes()).isEqualTo("ne\n".getBytes(UTF_8)));
        }
        assertThat(job.end().state()).isEqualTo(State.ENDED);
    }

    @Test
    void neverStartedJobIsStartedByWhoOnlyKnewThatItMight() {
        JobSpec spec = spec("0001", "echo done");
        Drive drive =
                new Drive(worker, new Job(spec, 0, 0, true), WorkerShell.bundle(spec, Map.of()));
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.connections).isEqualTo(2);
    }

    @Test
    void runnerKilled() {
        JobSpec spec = spec("0001", "echo begun; kill -9 $$");
        Drive drive = Drive.of(worker, spec);
        assertThat(drive.run())
                .isEqualTo(new JobEnd(State.ENDED, OptionalInt.of(137), true, true, ""));
        noProcesses();
    }

    /** As who follows does with pipes, only much more often. */
    @ParameterizedTest
    @ValueSource(strings = {"", "kill -9 $PPID; "})
    void whatWasSentGoesWhileOthersStillMakeFilesInIt(String first) {
        JobSpec spec =
                spec(
                        "0001",
                        first
                                + "(while [ -d \"$PWD\" ]; do : >\"$PWD/wake.1\"; done) 2>/dev/null &"
                                + " exec sleep 0.5");
        Drive.of(worker, spec).run();
        assertThat(worker.names(spec)).noneMatch(name -> name.matches("(bundle|gone).*"));
        noProcesses();
    }

    /** Who makes files for ever where they are to go may keep them, but not the job. */
    @ParameterizedTest
    @ValueSource(strings = {"", "kill -9 $PPID; "})
    void endsThoughWhatWasSentCannotBeRemoved(String first) {
        nothingCanBeRemoved();
        JobSpec spec = spec("0001", first + "exec sleep 0.5");
        Drive drive = Drive.of(worker, spec);
        drive.run();
        assertThat(drive.connections).isEqualTo(1);
        assertThat(worker.names(spec)).noneMatch(name -> name.startsWith("bundle"));
        noProcesses();
    }

    @Test
    void cleanEndsThoughNothingCanBeRemoved() {
        Drive.of(worker, spec("0001", "true")).run();
        Drive.of(worker, spec("0002", "true")).run();
        nothingCanBeRemoved();
        assertThat(ask(JobScript.clean(guid, NONCE)).complete()).isTrue();
        assertThat(ask(JobScript.status(guid, NONCE)).jobs())
                .singleElement()
                .satisfies(left -> assertThat(left.batch()).startsWith("gone."))
                .satisfies(left -> assertThat(left.state()).isEqualTo(JobStatus.State.GONE));

        everythingCanBeRemoved();
        ask(JobScript.clean(guid, NONCE));
        assertThat(worker.call("ls ~/.jet-fanout")).isEmpty();
        noProcesses();
    }

    @Test
    void aStartIsRefusedThoughItsBundleCannotBeRemoved() {
        JobSpec spec = spec("0001", "true");
        byte[] whole = WorkerShell.bundle(spec, Map.of("playbook.yml", "x".repeat(10_000)));
        byte[] half = Arrays.copyOf(whole, whole.length / 2);
        nothingCanBeRemoved();
        JobEnd end = new Drive(worker, new Job(spec, 0, 0, false), half).run();
        assertThat(end.state()).isEqualTo(State.REFUSED);
        assertThat(end.reason()).startsWith("the bundle arrived incomplete");

        JobSpec queued = TestJob.of("true").guid(guid).maxJobs(1).spec();
        worker.program("flock", "#!/bin/sh\nexit 71\n");
        assertThat(Drive.of(worker, queued).run().reason()).contains("max_jobs needs file locks");
        assertThat(worker.names(spec)).allMatch(name -> name.startsWith("gone."));
        noProcesses();
    }

    /** One folder that cannot be removed does not keep the next one; a later sweep removes both. */
    @Test
    void sweepsWhatCouldNotBeRemovedBefore() {
        String left = "~/.jet-fanout/11111111-1111-1111-1111-111111111111/0001/gone.7";
        String old = "~/.jet-fanout/%s2222222-2222-2222-2222-222222222222/0001";
        worker.call(
                "mkdir -p %1$s/bundle.x %2$s %3$s; touch -d '8 days ago' %2$s %3$s"
                        .formatted(left, old.formatted(2), old.formatted(3)));
        nothingCanBeRemoved();
        Drive.of(worker, spec("0001", "true")).run();
        Waiting.until(
                "both aside",
                () ->
                        worker.call("cd ~/.jet-fanout && ls -d [23]*/gone.*/0001 | wc -l")
                                .equals("2\n"));
        Waiting.until("sweep", () -> worker.processes().isEmpty());

        everythingCanBeRemoved();
        JobSpec next = TestJob.of("true").spec();
        Drive.of(worker, next).run();
        Waiting.until(
                "sweep",
                () ->
                        worker.call("ls ~/.jet-fanout | sort")
                                .lines()
                                .sorted()
                                .toList()
                                .equals(
                                        java.util.stream.Stream.of(guid, next.guid())
                                                .sorted()
                                                .toList()));
        Waiting.until(
                "all of it is gone",
                () -> worker.call("find ~/.jet-fanout -name 'gone.*'").isEmpty());
        noProcesses();
    }

    /** As where a process makes files for ever, so that no removal comes to its end. */
    private void nothingCanBeRemoved() {
        worker.program("timeout", "#!/bin/sh\nshift\nexec /usr/bin/timeout 0.5 \"$@\"\n");
        worker.program("rm", "#!/bin/sh\n[ $1 != -rf ] || exec sleep 1000\nexec /bin/rm \"$@\"\n");
    }

    private void everythingCanBeRemoved() {
        worker.program("rm", "#!/bin/sh\nexec /bin/rm \"$@\"\n");
    }

    /** As where nobody reaps the wrapper: to tail it looks alive. */
    @Test
    void endsThoughTailDoesNotSeeIt() {
        worker.program(
                "tail",
                "#!/bin/sh\n"
                        + "for word; do shift; case $word in --pid=*) ;; *) set -- \"$@\" \"$word\" ;; esac;"
                        + " done\n"
                        + "exec /usr/bin/tail \"$@\"\n");
        Drive drive = Drive.of(worker, spec("0001", "echo one; sleep 1"));
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.connections).isEqualTo(1);
        noProcesses();
    }

    /** A job may end while its follower is about to wait for that. */
    @Test
    void followsOnWhereWhatWasSentHasJustGone() {
        worker.program("mkfifo", "#!/bin/sh\n/usr/bin/mkfifo \"$@\" && rm -rf \"${1%/*}\"\n");
        Drive drive = Drive.of(worker, spec("0001", "echo one; sleep 1; echo two"));
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.connections).isEqualTo(1);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("one\ntwo\n");
    }

    @Test
    void wrapperKilledRunnerGoesOn() {
        JobSpec spec =
                spec("0001", "kill -9 $PPID; echo begun; sleep 0.5; echo on; echo e >>$JET_LOG");
        Drive drive = Drive.of(worker, spec);
        JobEnd end = drive.run();
        assertThat(end.state()).isEqualTo(State.LOST);
        assertThat(end.mayHaveStarted()).isTrue();
        assertThat(end.reason()).contains("gone and left no exit code");
        assertThat(drive.output.toString(UTF_8)).isEqualTo("begun\non\n");
        assertThat(drive.events.toString(UTF_8)).isEqualTo("e\n");
        assertThat(worker.names(spec)).noneMatch(name -> name.startsWith("bundle"));
        noProcesses();
    }

    @Test
    void bundleCutOff() {
        JobSpec spec = spec("0001", "echo done");
        byte[] whole = WorkerShell.bundle(spec, Map.of("playbook.yml", "x".repeat(10_000)));
        Drive drive =
                new Drive(
                        worker, new Job(spec, 0, 0, false), Arrays.copyOf(whole, whole.length / 2));
        JobEnd end = drive.run();
        assertThat(end.state()).isEqualTo(State.REFUSED);
        assertThat(end.mayHaveStarted()).isFalse();
        assertThat(end.reason()).startsWith("the bundle arrived incomplete");
        assertThat(worker.call("ls ~/.jet-fanout")).isEmpty();

        assertThat(Drive.of(worker, spec).run().state()).isEqualTo(State.ENDED);
    }

    @Test
    void runnerMissing() {
        JobSpec spec = job(TestJob.of("op", "run", "--", "/no/jetp")).spec();
        worker.program("op", "#!/bin/sh\n");
        assertThat(Drive.of(worker, spec).run())
                .isEqualTo(
                        new JobEnd(
                                State.REFUSED,
                                OptionalInt.empty(),
                                false,
                                false,
                                "/no/jetp: not found on the worker, or not executable"));
        JobSpec other = job(TestJob.of("no-such-jetp")).batch("0002").spec();
        assertThat(Drive.of(worker, other).run().reason()).startsWith("no-such-jetp: not found");
        assertThat(worker.home.resolve(".jet-fanout")).doesNotExist();
    }

    @Test
    void runnerInTheHome() {
        worker.program("my runner", "#!/bin/sh\necho \"mine $1\"\n");
        JobSpec spec = TestJob.of("~/bin/my runner", "~/x").guid(guid).spec();
        Drive drive = Drive.of(worker, spec);
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("mine ~/x\n");
    }

    @Test
    void neverRoot() throws Exception {
        JobSpec spec = spec("0001", "echo done");
        Job job = new Job(spec, 0, 0, false);
        String line = job.command();
        Process process =
                worker.execAsSelf(
                        TestUser.isOther()
                                ? line
                                : "exec unshare --user --map-root-user sh -c "
                                        + ShellWords.quote(line));
        job.read(false, process.getInputStream().readAllBytes());
        job.read(true, process.getErrorStream().readAllBytes());
        job.closed(OptionalInt.of(process.waitFor()));
        assertThat(job.end().state()).isEqualTo(State.REFUSED);
        assertThat(job.end().reason()).contains("root (uid 0)");
        assertThat(process.exitValue()).isEqualTo(77);
        assertThat(worker.home.resolve(".jet-fanout")).doesNotExist();
    }

    @Test
    void noSpace() {
        worker.program("tar", "#!/bin/sh\ncat >/dev/null\necho 'tar: No space left' >&2\nexit 2\n");
        worker.program(
                "df",
                """
                #!/bin/sh
                echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'
                echo '/dev/x 100 100 0 100% /'
                """);
        JobSpec spec = spec("0001", "echo done");
        assertThat(Drive.of(worker, spec).run().reason()).startsWith("no space left in ");
    }

    @Test
    void diskFullWhileTheJobRuns() {
        // a file system of its own where that can be had; else the limit of a file's size
        boolean mounted =
                WorkerShell.run(
                                "mount",
                                "-t",
                                "tmpfs",
                                "-o",
                                "size=2m,mode=777",
                                "tmpfs",
                                worker.home.toString())
                        == 0;
        try {
            JobSpec spec =
                    spec(
                            "0001",
                            (mounted ? "" : "ulimit -f 2048; trap '' XFSZ; ")
                                    + "echo begun; yes 2>/dev/null; exit 9");
            Drive drive = Drive.of(worker, spec);
            JobEnd end = drive.run();
            assertThat(end.state()).isEqualTo(State.ENDED);
            assertThat(end.exitCode()).hasValue(9);
            assertThat(drive.output.toByteArray()).isEqualTo(worker.file(spec, "output.log"));
        } finally {
            if (mounted) {
                WorkerShell.run("umount", "-l", worker.home.toString());
            }
        }
    }

    @Test
    void loginScriptsMayTalk() {
        JobSpec spec = spec("0001", "echo done");
        Job job = new Job(spec, 0, 0, false);
        Drive drive = new Drive(worker, job, WorkerShell.bundle(spec, Map.of()));
        worker.program(
                "sh",
                "#!/bin/sh\necho 'Welcome to w'\nprintf 'no line end' >&2\nexec /bin/sh \"$@\"\n");
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.output.toString(UTF_8)).contains("done\n").startsWith("Welcome to w\n");
    }

    @Test
    void noShellAtAll() {
        worker.program("sh", "#!/bin/cat /dev/null\n");
        worker.program(
                "sh", "#!/bin/bash\necho 'This account is currently not available.'\nexit 1\n");
        JobEnd end = Drive.of(worker, spec("0001", "true")).run();
        assertThat(end.state()).isEqualTo(State.REFUSED);
        assertThat(end.mayHaveStarted()).isFalse();
        assertThat(end.reason()).contains("This account is currently not available.");
    }

    @Test
    void twoBatchesStatusAndClean() {
        JobSpec first = spec("0001", "echo done; exit 3");
        JobSpec second =
                spec("0002", "until [ -s ../pid ]; do sleep 0.02; done; touch ~/up; sleep 60");
        Drive.of(worker, first).run();
        Drive drive = Drive.of(worker, second);
        drive.breaks = d -> Files.exists(worker.home.resolve("up"));
        drive.connect();

        assertThat(ask(JobScript.status(guid, NONCE)).jobs())
                .containsExactly(
                        new JobStatus("0001", JobStatus.State.ENDED, OptionalInt.of(3), 5, 0),
                        new JobStatus("0002", JobStatus.State.RUNNING, OptionalInt.empty(), 0, 0));
        JobReply cleaned = ask(JobScript.clean(guid, NONCE));
        assertThat(cleaned.complete()).isTrue();
        assertThat(worker.call("ls ~/.jet-fanout/*")).isEqualTo("0002\n");

        assertThat(ask(JobScript.cancel(guid, "0002", NONCE)).cancelled()).isTrue();
        assertThat(ask(JobScript.status(guid, NONCE)).jobs())
                .containsExactly(
                        new JobStatus("0002", JobStatus.State.ENDED, OptionalInt.of(143), 0, 0));
        ask(JobScript.clean(guid, NONCE));
        assertThat(worker.call("ls ~/.jet-fanout")).isEmpty();
        assertThat(ask(JobScript.status(guid, NONCE)).jobs()).isEmpty();
        noProcesses();
    }

    @Test
    void cancelEndsTheWholeGroup() {
        JobSpec spec =
                spec(
                        "0001",
                        "trap '' TERM; (trap '' TERM; sleep 61; sleep 62) & echo up; sleep 63;"
                                + " sleep 64");
        Drive drive = Drive.of(worker, spec);
        drive.breaks =
                d -> {
                    if (d.job.started() && d.output.size() > 0 && d.connections == 1) {
                        d.job.cancel();
                        return true;
                    }
                    return false;
                };
        JobEnd end = drive.run();
        assertThat(end)
                .isEqualTo(
                        new JobEnd(State.CANCELLED, OptionalInt.of(137), true, true, "cancelled"));
        assertThat(drive.output.toString(UTF_8)).isEqualTo("up\n");
        assertThat(worker.names(spec)).noneMatch(name -> name.startsWith("bundle"));
        noProcesses();
    }

    @Test
    void cancelledBeforeItsStartItNeverStarts() {
        JobSpec spec = spec("0001", "echo start >>~/starts");
        assertThat(ask(JobScript.cancel(guid, "0001", NONCE)).cancelled()).isTrue();
        assertThat(Drive.of(worker, spec).run())
                .isEqualTo(new JobEnd(State.ENDED, OptionalInt.of(143), true, true, ""));
        assertThat(worker.call("cat ~/starts 2>/dev/null")).isEmpty();
    }

    @Test
    void deadline() {
        JobSpec spec =
                TestJob.script("echo up; sleep 60")
                        .guid(guid)
                        .jobTimeout(Duration.ofMinutes(10))
                        .spec();
        SteadyTime time = new SteadyTime();
        AtomicLong skipped = new AtomicLong();
        InstantSource clock = () -> time.instant().plusSeconds(skipped.get());
        Drive drive =
                new Drive(
                        worker,
                        new Job(spec, new Cksum(), new Cksum(), false, clock, new Random(1)),
                        WorkerShell.bundle(spec, Map.of()));
        drive.breaks =
                d -> {
                    // its time is over once it has said something
                    skipped.set(d.output.size() > 0 ? 3600 : 0);
                    return false;
                };
        JobEnd end = drive.run();
        assertThat(end.state()).isEqualTo(State.TIMED_OUT);
        assertThat(end.exitCode()).hasValue(143);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("up\n");
        noProcesses();
    }

    @Test
    void agentOfTheLatestConnection() throws IOException {
        JobSpec spec =
                spec(
                        "0001",
                        "cd ~/.jet-fanout/*/*; readlink agent;"
                                + " until [ $(readlink agent) = ~/two ]; do sleep 0.02; done;"
                                + " readlink agent");
        try (ServerSocketChannel one = agent("one");
                ServerSocketChannel two = agent("two")) {
            worker.environment.put("SSH_AUTH_SOCK", worker.home.resolve("one").toString());
            Drive drive = Drive.of(worker, spec);
            drive.breaks = d -> d.output.size() > 0 && d.connections == 1;
            drive.connect();
            worker.environment.put("SSH_AUTH_SOCK", worker.home.resolve("two").toString());
            assertThat(drive.run().state()).isEqualTo(State.ENDED);
            assertThat(drive.output.toString(UTF_8))
                    .isEqualTo(worker.home + "/one\n" + worker.home + "/two\n");
            assertThat(one.isOpen() && two.isOpen()).isTrue();
        }
    }

    private ServerSocketChannel agent(String name) throws IOException {
        Path path = worker.home.resolve(name);
        ServerSocketChannel agent = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        agent.bind(UnixDomainSocketAddress.of(path));
        WorkerShell.run("chmod", "777", path.toString());
        return agent;
    }

    @Test
    void tailOfAnotherMake() {
        worker.program(
                "tail",
                "#!/bin/sh\n"
                        + "for word; do case $word in --pid=*) echo 'tail: unrecognized option' >&2;"
                        + " exit 1;; esac; done\n"
                        + "exec /usr/bin/tail \"$@\"\n");
        JobSpec spec =
                spec("0001", "echo one; echo e >>$JET_LOG; sleep 1.5; echo two; echo f >>$JET_LOG");
        Drive drive = Drive.of(worker, spec);
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.connections).isEqualTo(1);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("one\ntwo\n");
        assertThat(drive.events.toString(UTF_8)).isEqualTo("e\nf\n");
    }

    @Test
    void muchAtOnce() {
        JobSpec spec =
                spec(
                        "0001",
                        "yes 'a line of a hundred bytes or so, as they come by the million' | head"
                                + " -n 200000; head -c 3000000 /dev/zero; echo; head -c 1000000"
                                + " /dev/urandom >>$JET_LOG");
        Drive drive = Drive.of(worker, spec);
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.output.toByteArray()).isEqualTo(worker.file(spec, "output.log"));
        assertThat(drive.events.toByteArray()).isEqualTo(worker.file(spec, "events.log"));
        assertThat(drive.frames).allMatch(frame -> frame.bytes().length <= LogTail.LONGEST_LINE);
    }

    @Test
    void oldFoldersAreSwept() {
        String old = ".jet-fanout/11111111-1111-1111-1111-111111111111/0001";
        String recent = ".jet-fanout/22222222-2222-2222-2222-222222222222/0001";
        worker.call(
                "mkdir -p "
                        + old
                        + " "
                        + recent
                        + " && touch -d '8 days ago' "
                        + old
                        + " && touch -d '6 days ago' "
                        + recent);
        Drive.of(worker, spec("0001", "true")).run();
        Waiting.until("sweep", () -> !Files.exists(worker.home.resolve(old).getParent()));
        assertThat(worker.home.resolve(recent)).exists();
    }

    /** A clock that jumps on makes what is fresh look old. */
    @Test
    void freshFoldersStayWhenTheClockJumps() {
        JobSpec fresh = spec("0001", "true");
        Drive.of(worker, fresh).run();
        String old = ".jet-fanout/11111111-1111-1111-1111-111111111111/0001";
        String ofEarlierBoot = ".jet-fanout/22222222-2222-2222-2222-222222222222/0001";
        worker.call(
                "cd ~/.jet-fanout; mkdir -p ~/%1$s ~/%2$s; echo '999999 1 999999 another-boot' >~/%2$s/pid; mv %3$s other; sed -i 's/^[0-9]*/999999/' other/0001/pid; touch -d '8 days ago' other/0001 ~/%1$s ~/%2$s; rm .swept"
                        .formatted(old, ofEarlierBoot, guid));
        Drive.of(worker, spec("0002", "true")).run();
        Waiting.until("sweep", () -> !Files.exists(worker.home.resolve(old).getParent()));
        Waiting.until("sweep", () -> !Files.exists(worker.home.resolve(ofEarlierBoot).getParent()));
        noProcesses();
        assertThat(worker.home.resolve(".jet-fanout/other/0001/output.log")).exists();
    }

    /** To look for old folders once an hour is enough. */
    @Test
    void notEveryRunSweeps() {
        String old = ".jet-fanout/11111111-1111-1111-1111-111111111111/0001";
        Drive.of(worker, TestJob.of("true").spec()).run();
        noProcesses();
        worker.call("mkdir -p %1$s && touch -d '8 days ago' %1$s".formatted(old));
        Drive.of(worker, TestJob.of("true").spec()).run();
        noProcesses();
        assertThat(worker.home.resolve(old)).exists();

        worker.call("cd ~/.jet-fanout && read -r place at <.swept && echo $place 0 >.swept");
        Drive.of(worker, TestJob.of("true").spec()).run();
        noProcesses();
        boolean upForAnHour = System.nanoTime() > Duration.ofHours(1).toNanos();
        assertThat(Files.exists(worker.home.resolve(old))).isNotEqualTo(upForAnHour);
        worker.call("echo another-boot 0 >~/.jet-fanout/.swept");
        Drive.of(worker, TestJob.of("true").spec()).run();
        noProcesses();
        assertThat(worker.home.resolve(old)).doesNotExist();
    }

    private JobReply ask(String command) {
        JobReply reply = new JobReply(NONCE);
        reply.read(false, worker.call(command).getBytes(UTF_8));
        return reply;
    }

    private void noProcesses() {
        Waiting.until("processes left: " + worker.processes(), () -> worker.processes().isEmpty());
    }
}
