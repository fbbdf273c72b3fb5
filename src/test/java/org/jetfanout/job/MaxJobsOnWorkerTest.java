package org.jetfanout.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.job.query.JobReply;
import org.jetfanout.job.query.JobStatus;
import org.jetfanout.testkit.TestJob;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.WorkerShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue of a worker that may run only so many jobs at a time, with real processes. */
@Timeout(300)
class MaxJobsOnWorkerTest {
    private static final Nonce NONCE = new Nonce("00112233445566778899aabbccddeeff", 17, 25);

    /** Says in which order jobs run, and how many at a time; ends when it is let go. */
    private static final String RUNNER =
            "touch ~/runs.$$; ls ~ | grep -c '^runs[.]' >>~/atonce; echo $JET_FANOUT_BATCH"
                    + " >>~/order; until [ -e ~/go.$JET_FANOUT_BATCH ] || [ -e ~/go ]; do sleep 0.02;"
                    + " done; rm ~/runs.$$";

    private final WorkerShell worker = new WorkerShell();
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void close() {
        worker.close();
    }

    /** Each of a run of its own. */
    private static JobSpec spec(String batch, int maxJobs) {
        return TestJob.script(RUNNER)
                .batch(batch)
                .maxJobs(maxJobs)
                .jobTimeout(Duration.ofHours(1))
                .spec();
    }

    /** Starts a job and returns when it is in that state. */
    private Drive start(JobSpec spec, JobStatus.State state) {
        Drive drive = Drive.of(worker, spec);
        Thread thread = new Thread(drive::run);
        thread.start();
        threads.add(thread);
        awaitState(spec, state);
        return drive;
    }

    private void awaitState(JobSpec spec, JobStatus.State state) {
        Waiting.until(
                spec.batch() + " is " + state,
                () ->
                        ask(JobScript.status(spec.guid(), NONCE)).jobs().stream()
                                .anyMatch(job -> job.state() == state));
    }

    private void end(String... batches) {
        for (String batch : batches) {
            worker.call("touch ~/go." + batch);
        }
    }

    private void awaitOrder(String batches) {
        Waiting.until(
                "started: " + batches,
                () -> worker.call("tr '\\n' ' ' <~/order").equals(batches + " "));
    }

    private void join() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void oneAtATimeInTheOrderOfArrival() throws InterruptedException {
        List<JobSpec> specs = List.of(spec("a", 1), spec("b", 1), spec("c", 1), spec("d", 1));
        List<Drive> drives = new ArrayList<>();
        for (JobSpec spec : specs) {
            drives.add(
                    start(
                            spec,
                            drives.isEmpty() ? JobStatus.State.RUNNING : JobStatus.State.WAITING));
        }
        assertThat(drives.get(0).job.waiting()).isFalse();
        Waiting.until("the last one is told", () -> drives.get(3).job.waiting());
        end("a", "b", "c", "d");
        join();
        awaitOrder("a b c d");
        assertThat(worker.call("sort -u ~/atonce")).isEqualTo("1\n");
        for (Drive drive : drives) {
            assertThat(drive.job.end())
                    .isEqualTo(new JobEnd(State.ENDED, OptionalInt.of(0), true, true, ""));
            assertThat(drive.connections).isEqualTo(1);
        }
        assertThat(worker.call("ls ~/.jet-fanout/queue/*")).isEqualTo("lock\nmachine\n");
    }

    @Test
    void manyAtOnceNeverMoreThanThat() throws InterruptedException {
        for (int n = 0; n < 8; n++) {
            Thread thread = new Thread(Drive.of(worker, spec("b" + n, n < 4 ? 2 : 3))::run);
            thread.start();
            threads.add(thread);
        }
        // three where the third in the queue is one of those that let three run
        Waiting.until(
                "some run",
                () -> Integer.parseInt(worker.call("cat ~/order | wc -l").strip()) >= 2);
        worker.call("touch ~/go");
        join();
        assertThat(worker.call("sort -u ~/order | wc -l")).isEqualTo("8\n");
        assertThat(worker.call("sort -n ~/atonce | tail -n 1").strip()).isIn("2", "3");
    }

    @Test
    void killedOnesAreSwept() throws InterruptedException {
        JobSpec first = spec("a", 1);
        JobSpec second = spec("b", 1);
        Drive running = start(first, JobStatus.State.RUNNING);
        Drive waiting = start(second, JobStatus.State.WAITING);
        start(spec("c", 1), JobStatus.State.WAITING);
        worker.call("kill -9 $(cut -d ' ' -f 1 <~/.jet-fanout/" + second.guid() + "/b/pid)");
        // the first one's wrapper, too: its runner goes on, and is waited for
        worker.call("kill -9 $(cut -d ' ' -f 1 <~/.jet-fanout/" + first.guid() + "/a/pid)");
        Waiting.until("the killed one is noticed", () -> !waiting.job.open());
        assertThat(waiting.job.end().state()).isEqualTo(State.LOST);
        awaitOrder("a");
        end("c", "a");
        join();
        awaitOrder("a c");
        assertThat(worker.call("sort -u ~/atonce")).isEqualTo("1\n");
        assertThat(running.job.end().state()).isEqualTo(State.LOST);
    }

    @Test
    void aWaitingOneIsCancelled() throws InterruptedException {
        start(spec("a", 1), JobStatus.State.RUNNING);
        JobSpec second = spec("b", 1);
        Drive waiting = start(second, JobStatus.State.WAITING);
        start(spec("c", 1), JobStatus.State.WAITING);
        assertThat(ask(JobScript.clean(second.guid(), NONCE)).jobs()).hasSize(1);
        assertThat(ask(JobScript.cancel(second.guid(), "b", NONCE)).cancelled()).isTrue();
        Waiting.until("it has ended", () -> !waiting.job.open());
        assertThat(waiting.job.end())
                .isEqualTo(new JobEnd(State.ENDED, OptionalInt.of(143), true, true, ""));
        assertThat(worker.names(second)).noneMatch(name -> name.startsWith("bundle"));
        end("a", "c");
        join();
        awaitOrder("a c");
    }

    @Test
    void aConnectionThatBreaksKeepsItsPlace() throws InterruptedException {
        start(spec("a", 1), JobStatus.State.RUNNING);
        JobSpec second = spec("b", 1);
        Drive breaking = Drive.of(worker, second);
        breaking.breaks = drive -> drive.connections < 4 && drive.job.waiting();
        Thread thread = new Thread(breaking::run);
        thread.start();
        threads.add(thread);
        awaitState(second, JobStatus.State.WAITING);
        start(spec("c", 1), JobStatus.State.WAITING);
        Waiting.until("it broke three times", () -> breaking.connections >= 4);
        end("a", "b", "c");
        join();
        awaitOrder("a b c");
        assertThat(breaking.job.end().state()).isEqualTo(State.ENDED);
    }

    /** Tickets of before a reboot are in a folder that nobody looks into any more. */
    @Test
    void withoutLimitNobodyWaits() throws InterruptedException {
        worker.call(
                "mkdir -p ~/.jet-fanout/queue/other-boot && echo '1 1 x'"
                        + " >~/.jet-fanout/queue/other-boot/1");
        start(spec("a", 1), JobStatus.State.RUNNING);
        start(spec("b", 0), JobStatus.State.RUNNING);
        end("a", "b");
        join();
    }

    @Test
    void aQueueThatCannotBeWrittenIsSaid() {
        worker.call(
                "mkdir -p ~/.jet-fanout/queue/$(cat /proc/sys/kernel/random/boot_id).$(cut -d' ' -f22 /proc/1/stat)/lock");
        Drive drive = Drive.of(worker, spec("0001", 1));
        JobEnd end = drive.run();
        assertThat(end.state()).isEqualTo(State.ENDED);
        assertThat(end.exitCode()).hasValue(73);
        assertThat(drive.output.toString(java.nio.charset.StandardCharsets.UTF_8))
                .contains("cannot write the queue for max_jobs");
    }

    @Test
    void withoutFlockItRefusesAndSaysWhy() {
        worker.without("flock");
        worker.call("touch ~/go");
        assertThat(Drive.of(worker, spec("0001", 1)).run())
                .isEqualTo(
                        new JobEnd(
                                State.REFUSED,
                                OptionalInt.empty(),
                                false,
                                false,
                                "flock, which max_jobs needs, is not installed on the worker"));
        assertThat(worker.home.resolve(".jet-fanout")).doesNotExist();
        assertThat(Drive.of(worker, spec("0002", 0)).run().state()).isEqualTo(State.ENDED);
    }

    private JobReply ask(String command) {
        JobReply reply = new JobReply(NONCE);
        String err = worker.home.resolve("err." + Thread.currentThread().getId()).toString();
        reply.read(
                false,
                worker.call(command + " 2>" + err)
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        reply.read(
                true, worker.call("cat " + err).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return reply;
    }
}
