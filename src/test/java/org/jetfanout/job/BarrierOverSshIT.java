package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.ssh.Chunk;
import org.jetfanout.ssh.ExecStream;
import org.jetfanout.ssh.HeldInput;
import org.jetfanout.ssh.SshConnections;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.SshTestBed;
import org.jetfanout.testkit.TestJob;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.WorkerShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs that wait between their plays, by real connections: others decide while one thread follows.
 */
@Timeout(300)
class BarrierOverSshIT {
    private static final String RUNNER =
            "echo play 1; for n in $(cat plays); do case $n in exit*) exit ${n#exit} ;; esac;"
                    + " [ \"$(cat barriers/$n)\" = '{}' ] || exit 9; echo play $n; done";

    @TempDir Path folder;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private OpenSshServer server;
    private SshConnections connections;
    private Job job;
    private byte[] bundle;

    // Mutable state
    private final AtomicInteger connected = new AtomicInteger();

    @BeforeEach
    void start() throws IOException {
        Keys.Pair key = Keys.ed25519(folder, "key");
        server = OpenSshServer.at("127.0.0.2").authorize(key).start();
        SshTestBed bed = new SshTestBed(folder);
        bed.knows(server);
        connections = new SshConnections(bed.files(key).withKeepAlive(Duration.ofSeconds(1), 60));
    }

    @AfterEach
    void stop() {
        thread.shutdownNow();
        connections.close();
        server.close();
    }

    private Future<JobEnd> begin(String plays, Integer... barriers) {
        JobSpec spec = TestJob.script(RUNNER).barriers(barriers).spec();
        job = new Job(spec, 0, 0, false);
        bundle = WorkerShell.bundle(spec, Map.of("plays", plays));
        return thread.submit(
                () -> {
                    while (job.open()) {
                        TimeUnit.MILLISECONDS.sleep(Math.min(job.pause().toMillis(), 100));
                        connect();
                    }
                    return job.end();
                });
    }

    /** As the dispatch does. */
    private void connect() throws IOException {
        connected.incrementAndGet();
        String command = job.command();
        InputStream sent = InputStream.nullInputStream();
        if (job.wantsBundle()) {
            byte[] header = ("bundle " + bundle.length + "\n").getBytes(UTF_8);
            sent =
                    new SequenceInputStream(
                            new ByteArrayInputStream(header), new ByteArrayInputStream(bundle));
        }
        HeldInput stdin = new HeldInput(sent, true, () -> {});
        job.decisionsGoTo(stdin::send);
        if (!job.wantsBundle()) {
            stdin.letGo();
        }
        try (ExecStream stream =
                connections
                        .open(server.destination("w1"), SshTestBed.PATIENT, Optional.empty())
                        .exec(command, job.wantsStdin() ? Optional.of(stdin) : Optional.empty())) {
            while (!job.over() && stream.hasNext()) {
                Chunk chunk = stream.next();
                job.read(chunk.stderr(), chunk.bytes()).forEach(f -> output.writeBytes(f.bytes()));
                job.flush().forEach(f -> output.writeBytes(f.bytes()));
                if (job.takesBundle()) {
                    stdin.letGo();
                }
            }
            if (!job.over()) {
                job.broken(stream.loss().orElseThrow());
            }
        } catch (RuntimeException e) {
            job.broken(e);
        }
    }

    private void waitsBefore(int play) {
        Waiting.until(
                "it waits before play " + play,
                () -> job.atBarrier().isPresent() && job.atBarrier().getAsInt() == play);
    }

    /** Of these connections: tests beside this one have threads of that name, too. */
    private int writers() throws ReflectiveOperationException {
        Field threads = SshConnections.class.getDeclaredField("threads");
        threads.setAccessible(true);
        return ((ThreadPoolExecutor) threads.get(connections)).getPoolSize();
    }

    @Test
    void othersDecideByTheSameConnectionAndNoThreadWaits() throws Exception {
        Future<JobEnd> end = begin("2 3", 2, 3);
        waitsBefore(2);
        assertThat(writers()).isZero();
        job.go(2);
        waitsBefore(3);
        Waiting.until("its output", () -> output.toString(UTF_8).equals("play 1\nplay 2\n"));
        job.go(3);
        assertThat(end.get().state()).isEqualTo(State.ENDED);
        assertThat(end.get().exitCode()).hasValue(0);
        assertThat(output.toString(UTF_8)).isEqualTo("play 1\nplay 2\nplay 3\n");
        assertThat(connected.get()).isEqualTo(1);
        assertThat(writers()).isZero();
    }

    @Test
    void theConnectionBreaksAtTheBarrier() throws Exception {
        Future<JobEnd> end = begin("2 3", 2, 3);
        waitsBefore(2);
        server.killSessions();
        Waiting.until(
                "it is decided while there is none", () -> connected.get() > 1 || !job.following());
        job.go(2);
        waitsBefore(3);
        job.go(3);
        server.killSessions(); // whether that arrives or not
        assertThat(end.get().exitCode()).hasValue(0);
        assertThat(output.toString(UTF_8)).isEqualTo("play 1\nplay 2\nplay 3\n");
        assertThat(connected.get()).isGreaterThan(1);
    }

    /** With more files than the worker takes at once. */
    @Test
    void theRunnerStartsOnceMore() throws Exception {
        Future<JobEnd> end = begin("exit3", 2, 3);
        Waiting.until("its runner ends", () -> job.runnerEnded().isPresent());
        assertThat(job.runnerEnded()).hasValue(new RunnerEnd(1, 3));
        job.again(BarrierOnWorkerTest.files("plays", "2 3" + " ".repeat(8 << 20)));
        waitsBefore(2);
        job.go(3);
        assertThat(end.get().exitCode()).hasValue(0);
        assertThat(output.toString(UTF_8)).isEqualTo("play 1\nplay 1\nplay 2\nplay 3\n");
        assertThat(connected.get()).isEqualTo(1);
    }

    @Test
    void itIsStopped() throws Exception {
        Future<JobEnd> end = begin("2", 2);
        waitsBefore(2);
        job.stop();
        assertThat(end.get().exitCode()).hasValue(143);
        assertThat(output.toString(UTF_8)).isEqualTo("play 1\n");
        assertThat(connected.get()).isEqualTo(1);
    }
}
