package org.jetfanout.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.SshTestBed;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on a worker: streams both ways, and every way to end. */
class ExecStreamIT {
    private static final int MEGA = 1024 * 1024;

    @TempDir Path folder;
    private Keys.Pair key;
    private SshTestBed bed;
    private OpenSshServer server;
    private SshConnections connections;

    @BeforeEach
    void start() throws IOException {
        key = Keys.ed25519(folder, "key");
        server = OpenSshServer.at("127.0.0.2").authorize(key).start();
        bed = new SshTestBed(folder);
        bed.knows(server);
        // a worker that answers late, because the machine is busy, is not lost
        connections = new SshConnections(bed.files(key).withKeepAlive(Duration.ofSeconds(1), 60));
    }

    @AfterEach
    void stop() {
        connections.close();
        server.close();
    }

    private ExecStream exec(String command, InputStream stdin) {
        return connections
                .open(server.destination("w1"), SshTestBed.PATIENT, Optional.empty())
                .exec(command, Optional.ofNullable(stdin));
    }

    private ExecStream exec(String command) {
        return exec(command, null);
    }

    @Test
    void keepsStdoutAndStderrApartAndTheExitStatus() {
        try (ExecStream stream = exec("echo out; echo err >&2; exit 3")) {
            StringBuilder out = new StringBuilder();
            StringBuilder err = new StringBuilder();
            while (stream.hasNext()) {
                Chunk chunk = stream.next();
                (chunk.stderr() ? err : out)
                        .append(new String(chunk.bytes(), StandardCharsets.UTF_8));
            }
            assertThat(out).hasToString("out\n");
            assertThat(err).hasToString("err\n");
            assertThat(stream.exitStatus()).hasValue(3);
            assertThat(stream.loss()).isEmpty();
        }
    }

    @Test
    void givesOutputWhenItComes() throws IOException {
        try (ExecStream stream = exec("echo first; read line; echo last", never())) {
            assertThat(new String(stream.next().bytes(), StandardCharsets.UTF_8))
                    .isEqualTo("first\n");
        }
    }

    @Test
    void sendsFiftyMegabytesOfStdin() throws Exception {
        byte[] data = new byte[50 * MEGA];
        new Random(1).nextBytes(data);
        String digest = HexFormat.of().formatHex(sha256(data));
        try (ExecStream stream = exec("sha256sum", new ByteArrayInputStream(data))) {
            assertThat(SshTestBed.output(stream)).startsWith(digest);
            assertThat(stream.exitStatus()).hasValue(0);
        }
    }

    @Test
    void whatTheWorkerTakesAtOnceNeedsNoThread() throws IOException {
        byte[] data = new byte[MEGA];
        Thread[] reader = {null};
        InputStream stdin =
                new ByteArrayInputStream(data) {
                    @Override
                    public synchronized int available() {
                        return 1; // to its very end
                    }

                    @Override
                    public synchronized int read(byte[] to, int offset, int length) {
                        reader[0] = Thread.currentThread();
                        return super.read(to, offset, length);
                    }
                };
        try (ExecStream stream = exec("wc -c", stdin)) {
            assertThat(SshTestBed.output(stream)).isEqualTo(MEGA + "\n");
            assertThat(stream.exitStatus()).hasValue(0);
        }
        assertThat(reader[0]).isSameAs(Thread.currentThread());
    }

    @Test
    void sendsAndReceivesAtTheSameTime() throws Exception {
        byte[] data = new byte[20 * MEGA];
        new Random(2).nextBytes(data);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (ExecStream stream = exec("cat", new ByteArrayInputStream(data))) {
            stream.forEachRemaining(chunk -> digest.update(chunk.bytes()));
            assertThat(stream.exitStatus()).hasValue(0);
        }
        assertThat(digest.digest()).isEqualTo(sha256(data));
    }

    @Test
    void receivesHundredMegabytesInBoundedMemory() throws Exception {
        String source = "openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 -in /dev/zero 2>/dev/null";
        String produce = source + " | head -c " + 100 * MEGA;
        String expected = Programs.ok("sh", "-c", produce + " | sha256sum").substring(0, 64);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        long most = 0;
        try (ExecStream stream = exec(produce)) {
            while (stream.hasNext()) {
                byte[] bytes = stream.next().bytes();
                assertThat(bytes.length).isBetween(1, 64 * 1024);
                most = Math.max(most, stream.waiting());
                digest.update(bytes);
            }
            assertThat(stream.exitStatus()).hasValue(0);
        }
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(expected);
        assertThat(most).isLessThanOrEqualTo(MEGA);
    }

    @Test
    void whoDoesNotPullStopsTheCommand() {
        try (ExecStream stream = exec("echo $$; exec yes")) {
            String pid = new String(stream.next().bytes(), StandardCharsets.UTF_8);
            pid = pid.substring(0, pid.indexOf('\n'));
            Path io = Path.of("/proc", pid, "io");
            Waiting.until("yes is blocked", () -> quiet(io));
            assertThat(stream.waiting()).isLessThanOrEqualTo(MEGA);
            long before = written(io);
            for (int i = 0; i < 100; i++) {
                stream.next();
            }
            Waiting.until("yes goes on", () -> written(io) > before);
        }
    }

    private static boolean quiet(Path io) {
        long before = written(io);
        try {
            Thread.sleep(300); // the thing to see is that nothing happens
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return before > 0 && written(io) == before;
    }

    private static long written(Path io) {
        return Programs.ok("cat", io.toString())
                .lines()
                .filter(line -> line.startsWith("wchar: "))
                .mapToLong(line -> Long.parseLong(line.substring("wchar: ".length())))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void commandThatClosesItsStdinEarlyIsNoError() {
        byte[] data = new byte[5 * MEGA];
        try (ExecStream stream =
                exec("head -c 1 >/dev/null; echo enough", new ByteArrayInputStream(data))) {
            assertThat(SshTestBed.output(stream)).isEqualTo("enough\n");
            assertThat(stream.exitStatus()).hasValue(0);
        }
    }

    @Test
    void stdinIsClosedWhenTheCommandHasEnded() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        InputStream endless =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        try {
                            closed.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        throw new IOException("closed");
                    }

                    @Override
                    public int read(byte[] bytes, int off, int len) throws IOException {
                        return read();
                    }

                    @Override
                    public void close() {
                        closed.countDown();
                    }
                };
        try (ExecStream stream = exec("echo over", endless)) {
            assertThat(SshTestBed.output(stream)).isEqualTo("over\n");
            assertThat(closed.await(3, TimeUnit.MINUTES)).isTrue();
            assertThat(stream.exitStatus()).hasValue(0);
            assertThat(stream.loss()).isEmpty();
        }
    }

    @Test
    void stdinThatCannotBeReadIsNeverTakenForAWholeOne() {
        InputStream broken =
                new SequenceInputStream(
                        new ByteArrayInputStream(new byte[100_000]),
                        new InputStream() {
                            @Override
                            public int read() throws IOException {
                                throw new IOException("disk error");
                            }

                            @Override
                            public int read(byte[] bytes, int off, int len) throws IOException {
                                return read();
                            }
                        });
        try (ExecStream stream = exec("cat >/dev/null", broken)) {
            SshTestBed.output(stream);
            assertThat(stream.exitStatus()).isEmpty();
            assertThat(stream.loss().orElseThrow())
                    .hasMessageContaining("cannot read the data to send: disk error");
        }
    }

    @Test
    void killedCommandIsNeverOk() {
        try (ExecStream stream = exec("kill -KILL $$")) {
            SshTestBed.output(stream);
            assertThat(stream.exitStatus()).isEmpty();
            assertThat(stream.exitSignal()).contains("KILL");
        }
    }

    @Test
    void sendsSignals() throws IOException {
        try (ExecStream stream =
                exec("trap 'echo caught; exit 9' TERM; echo ready; while :; do sleep 0.1; done")) {
            assertThat(new String(stream.next().bytes(), StandardCharsets.UTF_8))
                    .isEqualTo("ready\n");
            stream.signal("TERM");
            // the shell may say on stderr what became of its sleep
            assertThat(SshTestBed.output(stream)).contains("caught\n");
            assertThat(stream.exitStatus()).hasValue(9);
        }
    }

    @Test
    void brokenConnectionIsLost() {
        try (ExecStream stream = exec("echo started; exec sleep 60")) {
            stream.next();
            server.killConnections();
            assertThat(stream.hasNext()).isFalse();
            assertLost(stream);
        }
    }

    @Test
    void frozenWorkerIsLostAfterItsKeepAlives() {
        try (SshConnections watchful =
                        new SshConnections(bed.files(key).withKeepAlive(Duration.ofSeconds(1), 9));
                SshSession session =
                        watchful.open(
                                server.destination("w1"), SshTestBed.PATIENT, Optional.empty());
                ExecStream stream =
                        session.exec("echo started; exec sleep 600", Optional.empty())) {
            stream.next();
            server.freezeConnections();
            assertThat(stream.hasNext()).isFalse();
            assertLost(stream);
            assertThat(stream.loss().orElseThrow()).hasMessageContaining("without reply");
        }
    }

    /** A hand gets the keep-alive of workers.yml with each call. */
    @Test
    void aKeepAliveOfItsOwnCounts() {
        try (SshConnections patient =
                new SshConnections(bed.files(key).withKeepAlive(Duration.ofMinutes(1), 9))) {
            Deadlines deadlines = SshTestBed.PATIENT.with(Duration.ofSeconds(1));
            SshSession session =
                    patient.open(server.destination("w1"), deadlines, Optional.empty());
            ExecStream stream = session.exec("echo up; sleep 600", Optional.empty());
            assertThat(stream.hasNext()).isTrue();
            stream.next();
            server.freezeConnections();
            assertThat(stream.hasNext()).isFalse();
            assertLost(stream);
        }
    }

    /** A process that stays notices that somebody made a machine known, or another file named. */
    @Test
    void changedFilesAreReadAgain() throws IOException {
        List<String> known = Files.readAllLines(bed.knownHosts());
        Files.write(bed.knownHosts(), List.of());
        try (SshConnections lasting = new SshConnections(bed.files(key))) {
            assertThatThrownBy(() -> SshTestBed.run(lasting, server.destination("w1"), "echo one"))
                    .isInstanceOf(WorkerUnreachableException.class);
            Files.write(bed.knownHosts(), known);
            lasting.noticeChanges();
            assertThat(SshTestBed.run(lasting, server.destination("w1"), "echo one"))
                    .isEqualTo("one\n");
            Files.writeString(bed.config(), "Host *\n  HostKeyAlias unknown\n");
            lasting.noticeChanges();
            assertThatThrownBy(() -> SshTestBed.run(lasting, server.destination("w1"), "echo two"))
                    .hasMessageContaining("unknown");
        }
    }

    @Test
    void silentCommandIsKeptAlive() {
        try (ExecStream stream = exec("sleep 6; echo still here")) {
            assertThat(SshTestBed.output(stream)).isEqualTo("still here\n");
            assertThat(stream.exitStatus()).hasValue(0);
        }
    }

    private static void assertLost(ExecStream stream) {
        assertThat(stream.exitStatus()).isEqualTo(OptionalInt.empty());
        assertThat(stream.exitSignal()).isEmpty();
        assertThat(stream.loss())
                .hasValueSatisfying(
                        loss -> {
                            assertThat(loss.reason()).isEqualTo(Cause.LOST);
                            assertThat(loss).hasMessageStartingWith("worker w1 (127.0.0.2:");
                        });
    }

    @Test
    void interruptEndsTheStream() {
        try (ExecStream stream = exec("sleep 60")) {
            Thread.currentThread().interrupt();
            assertThat(stream.hasNext()).isFalse();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(stream.exitStatus()).isEmpty();
        }
    }

    @Test
    void sshdWithoutSessionsIsAChannelError() throws IOException {
        try (OpenSshServer closed =
                OpenSshServer.at("127.0.0.3")
                        .authorize(new Keys.Pair(folder.resolve("key")))
                        .option("MaxSessions 0")
                        .start()) {
            new SshTestBed(folder).knows(closed);
            SshSettings settings =
                    new SshTestBed(folder).files(new Keys.Pair(folder.resolve("key")));
            try (SshConnections others = new SshConnections(settings)) {
                assertThatThrownBy(() -> SshTestBed.run(others, closed.destination("w1"), "true"))
                        .isInstanceOfSatisfying(
                                WorkerUnreachableException.class,
                                e -> assertThat(e.reason()).isEqualTo(Cause.CHANNEL));
            }
        }
    }

    /** A stdin that neither gives anything nor ends. */
    private static InputStream never() throws IOException {
        return new PipedInputStream(new PipedOutputStream());
    }

    private static byte[] sha256(byte[] data) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(data);
    }
}
