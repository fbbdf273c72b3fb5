package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.job.query.JobReply;
import org.jetfanout.machine.SteadyTime;
import org.jetfanout.record.Fence;
import org.jetfanout.testkit.TestJob;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.WorkerShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several owners of one run at a worker: the one with the highest term has the job. */
@Timeout(60)
class FenceOnWorkerTest {
    private static final Nonce NONCE = new Nonce("00112233445566778899aabbccddeeff", 17, 25);
    private static final String SECRET = "a secret of the run";

    private final WorkerShell worker = new WorkerShell();
    private final String guid = UUID.randomUUID().toString();

    @AfterEach
    void close() {
        worker.close();
    }

    private JobSpec spec(String script) {
        return TestJob.script("echo start >>~/starts; " + script).guid(guid).spec();
    }

    private Drive owner(long term, JobSpec spec, boolean mayHaveStarted) {
        Job job =
                new Job(
                        spec,
                        new Fence(guid, term, SECRET),
                        new Cksum(),
                        new Cksum(),
                        mayHaveStarted,
                        new SteadyTime(),
                        new Random());
        return new Drive(worker, job, WorkerShell.bundle(spec, Map.of("playbook.yml", "x")));
    }

    private static Thread running(Drive drive) {
        Thread thread = new Thread(drive::run);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void shell(String shell) {
        if (!shell.isEmpty()) {
            worker.program("sh", "#!/bin/sh\nexec " + shell + " \"$@\"\n");
        }
    }

    private void touch(String name) {
        worker.call("touch ~/" + name);
    }

    private static String text(Drive drive) {
        return drive.output.toString(UTF_8);
    }

    private static void turnedAway(Drive drive, long by) {
        assertThat(drive.job.open()).isFalse();
        assertThat(drive.job.end().state()).as("%s", drive.job.end()).isEqualTo(State.REPLACED);
        assertThat(drive.job.laterOwner()).hasValue(by);
    }

    private void startedOnce() {
        assertThat(worker.call("cat ~/starts")).isEqualTo("start\n");
        Waiting.until("no process is left", () -> worker.processes().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "bash --posix", "busybox sh"})
    void theLaterOwnerHasTheJob(String shell) throws InterruptedException {
        shell(shell);
        JobSpec spec = spec("echo one; until [ -e ~/go ]; do sleep 0.05; done; echo two");
        Drive first = owner(1, spec, false);
        Thread following = running(first);
        Waiting.until("the first owner follows", () -> text(first).equals("one\n"));
        Drive second = owner(2, spec, true);
        Thread later = running(second);
        following.join();
        turnedAway(first, 2);
        assertThat(first.connections).isLessThanOrEqualTo(2);

        Drive third = owner(1796022768123L, spec, true);
        Thread last = running(third);
        later.join();
        turnedAway(second, 1796022768123L);
        touch("go");
        last.join();
        assertThat(third.job.end().state()).isEqualTo(State.ENDED);
        assertThat(text(third)).isEqualTo("one\ntwo\n");
        assertThat(third.connections).isEqualTo(1);
        startedOnce();
        assertThat(owner(2, spec, true).run().state()).isEqualTo(State.REPLACED);
    }

    @Test
    void theNewestConnectionOfOneOwnerHasTheJob() throws InterruptedException {
        JobSpec spec = spec("echo one; until [ -e ~/go ]; do sleep 0.05; done");
        Drive one = owner(2, spec, false);
        one.breaks = drive -> drive.job.started();
        one.connect();
        Drive hanging = owner(2, spec, true);
        Thread thread = new Thread(hanging::connect);
        thread.start();
        Waiting.until("it follows", () -> text(hanging).equals("one\n"));
        Drive two = owner(2, spec, true);
        Thread newest = running(two);
        thread.join();
        assertThat(hanging.job.open()).isTrue();
        touch("go");
        newest.join();
        assertThat(two.job.end().state()).isEqualTo(State.ENDED);
        assertThat(two.connections).isEqualTo(1);
        startedOnce();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "busybox sh"})
    void ownersThatComeAtOnceStartItOnce(String shell) throws InterruptedException {
        shell(shell);
        JobSpec spec = spec("sleep 1; echo done");
        List<Drive> owners = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            owners.add(owner(1 + i % 4, spec, i % 3 == 0));
        }
        owners.forEach(owner -> threads.add(running(owner)));
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < 8; i++) {
            Drive owner = owners.get(i);
            if (i % 4 == 3) {
                assertThat(owner.job.end().state()).isEqualTo(State.ENDED);
            } else {
                assertThat(owner.job.end().state()).isIn(State.REPLACED, State.ENDED);
            }
            if (owner.job.end().state() == State.ENDED) {
                assertThat(text(owner)).isEqualTo("done\n");
            }
        }
        startedOnce();
    }

    @Test
    void whoHasOnlyLookedKeepsEarlierOwnersFromTheStart() {
        JobSpec spec = spec("echo done");
        Drive later = owner(3, spec, true);
        later.connect();
        assertThat(later.job.mayHaveStarted()).isFalse();

        Drive earlier = owner(2, spec, false);
        earlier.run();
        turnedAway(earlier, 3);
        assertThat(worker.call("cat ~/starts 2>&1")).contains("No such file");
        JobReply reply = new JobReply(NONCE);
        reply.read(false, worker.call(JobScript.status(guid, NONCE)).getBytes(UTF_8));
        assertThat(reply.complete()).isTrue();
        assertThat(reply.jobs()).isEmpty();

        assertThat(later.run().state()).isEqualTo(State.ENDED);
        startedOnce();
        worker.call(JobScript.clean(guid, NONCE));
        assertThat(worker.call("ls ~/.jet-fanout")).isEmpty();
    }

    /** The later owner looks while the bundle of the earlier one is still being unpacked. */
    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash"})
    void whoWasOvertakenOnTheWayDoesNotStartIt(String shell) throws InterruptedException {
        shell(shell);
        worker.program(
                "tar",
                """
                #!/bin/sh
                touch ~/unpacks; until [ -e ~/go ]; do sleep 0.05; done
                exec /bin/tar "$@"
                """);
        JobSpec spec = spec("echo done");
        Drive earlier = owner(1, spec, false);
        Thread starting = running(earlier);
        Waiting.until("it unpacks", () -> Files.exists(worker.home.resolve("unpacks")));
        Drive later = owner(2, spec, true);
        later.connect();
        assertThat(later.job.mayHaveStarted()).isFalse();
        touch("go");
        starting.join();
        turnedAway(earlier, 2);
        assertThat(worker.call("cat ~/starts 2>&1")).contains("No such file");
        assertThat(worker.names(spec)).allMatch(name -> name.startsWith("term.2."));

        assertThat(later.run().state()).isEqualTo(State.ENDED);
        startedOnce();
    }

    /** Between making the file that gives the right to start, and giving it up. */
    @Test
    void aClaimThatIsGivenUpWasNone() throws InterruptedException, IOException {
        JobSpec spec = spec("echo done");
        worker.call(
                "mkdir -p ~/.jet-fanout/%1$s/0001 && touch ~/.jet-fanout/%1$s/0001/job"
                        .formatted(guid));
        Drive later = owner(2, spec, true);
        Thread looking = new Thread(later::connect);
        looking.start();
        Waiting.until("it has come", () -> worker.names(spec).size() == 2);
        worker.call("rm ~/.jet-fanout/*/*/job");
        looking.join();
        assertThat(later.job.open()).isTrue();
        assertThat(later.run().state()).isEqualTo(State.ENDED);
        assertThat(later.connections).isLessThanOrEqualTo(3);
        startedOnce();
    }

    @Test
    void onlyTheLatestOwnerCancels() throws InterruptedException {
        JobSpec spec = spec("echo one; sleep 61");
        Drive first = owner(1, spec, false);
        first.breaks = drive -> drive.output.size() > 0;
        first.connect();
        Drive second = owner(2, spec, true);
        second.breaks = drive -> drive.output.size() > 0;
        second.connect();

        first.breaks = drive -> false;
        second.breaks = drive -> false;
        first.job.cancel();
        first.run();
        turnedAway(first, 2);
        assertThat(worker.call("pgrep -f 'sleep 6[1]' | wc -l").strip()).isNotEqualTo("0");
        second.job.cancel();
        assertThat(second.run().state()).isEqualTo(State.CANCELLED);
        startedOnce();
    }

    @Test
    void cancelOfWhatWasOnlyLookedAt() {
        JobSpec spec = spec("true");
        owner(2, spec, true).connect();
        Drive earlier = owner(1, spec, true);
        earlier.job.cancel();
        earlier.run();
        turnedAway(earlier, 2);
        assertThat(worker.names(spec)).noneMatch(name -> name.equals("job"));
    }

    /** An earlier version has left no mark, but a connection that hangs. */
    @Test
    void aJobOfAnEarlierVersion() throws InterruptedException {
        JobSpec spec = spec("echo one; until [ -e ~/go ]; do sleep 0.05; done");
        Drive old = owner(1, spec, false);
        Thread thread = new Thread(old::connect);
        thread.start();
        Waiting.until("it follows", () -> text(old).equals("one\n"));
        assertThat(worker.names(spec)).noneMatch(name -> name.startsWith("term."));
        Drive later = owner(7, spec, true);
        Thread following = running(later);
        thread.join();
        touch("go");
        following.join();
        assertThat(text(later)).isEqualTo("one\n");
        startedOnce();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "busybox sh"})
    void whatIsNoMarkDoesNoHarm(String shell) {
        shell(shell);
        JobSpec spec = spec("echo one; sleep 0.3");
        String digest = "0123456789abcdef0123456789abcdef";
        worker.call(
                "mkdir -p ~/.jet-fanout/%1$s/0001 && cd ~/.jet-fanout/%1$s/0001 && touch term. term.. term.x term.9 term.09.%2$s term.-5.%2$s term.99999999999999999999.%2$s term.9.short 'term.9.%2$s ' 'term.* ' 'term.9.;id' && mkdir term.8 && mkfifo term.7 && echo -1 >term.1.%2$s && echo 1 x >follower"
                        .formatted(guid, digest));
        for (long term : new long[] {1, 2}) {
            Drive drive = owner(term, spec, term > 1);
            assertThat(drive.run().state()).as("term %d", term).isEqualTo(State.ENDED);
            assertThat(text(drive)).isEqualTo("one\n");
            assertThat(drive.connections).isEqualTo(1);
        }
        startedOnce();
    }

    /** Nobody but a later owner can have given the worker this word. */
    @Test
    void aMarkThatNoOwnerHasMadeEndsNoRun() {
        JobSpec spec = spec("echo one");
        worker.call(
                "mkdir -p ~/.jet-fanout/%1$s/0001 && touch ~/.jet-fanout/%1$s/0001/term.9.0123456789abcdef0123456789abcdef"
                        .formatted(guid));
        Drive drive = owner(1, spec, false);
        JobEnd end = drive.run();
        assertThat(end.state()).isIn(State.REFUSED, State.LOST);
        assertThat(end.reason()).contains("no owner of the run can have told it");
        assertThat(drive.job.laterOwner()).isEmpty();
    }

    @Test
    void aDiskThatCannotBeWrittenTakesNoMark() {
        JobSpec spec = spec("echo one");
        assertThat(owner(1, spec, false).run().state()).isEqualTo(State.ENDED);
        worker.call("chmod 500 ~/.jet-fanout/*/*");
        Drive later = owner(2, spec, true);
        assertThat(later.run().state()).isEqualTo(State.ENDED);
        assertThat(text(later)).isEqualTo("one\n");
    }

    /** An earlier owner may set its own agent just before it gives way. */
    @Test
    void theLaterOwnersAgentStays() throws IOException, InterruptedException {
        JobSpec spec =
                spec(
                        "cd ~/.jet-fanout/*/*; echo one; until [ -e ~/go ]; do sleep 0.05; done;"
                                + " ln -sf ~/other agent; echo two;"
                                + " until [ $(readlink agent) = ~/mine ]; do sleep 0.05; done");
        try (ServerSocketChannel mine = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Path path = worker.home.resolve("mine");
            mine.bind(UnixDomainSocketAddress.of(path));
            WorkerShell.run("chmod", "777", path.toString());
            worker.environment.put("SSH_AUTH_SOCK", path.toString());
            Drive later = owner(2, spec, false);
            Thread following = running(later);
            Waiting.until("it follows", () -> text(later).equals("one\n"));
            touch("go");
            following.join();
            assertThat(later.job.end().state()).isEqualTo(State.ENDED);
        }
    }
}
