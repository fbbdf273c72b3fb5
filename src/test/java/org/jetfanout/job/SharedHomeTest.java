package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.job.query.JobReply;
import org.jetfanout.job.query.JobStatus;
import org.jetfanout.testkit.TestJob;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.WorkerShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Homes that several machines have, that have no locks, or that lie deep. */
@Timeout(600)
class SharedHomeTest {
    private static final Nonce NONCE = new Nonce("00112233445566778899aabbccddeeff", 17, 25);

    private final WorkerShell worker = new WorkerShell();
    private Instant now = Instant.EPOCH;

    @AfterEach
    void close() {
        worker.close();
    }

    private static JobSpec spec(String script, int maxJobs) {
        // on a busy machine, minutes may pass between two connections
        return TestJob.script(script)
                .maxJobs(maxJobs)
                .reconnectTimeout(Duration.ofMinutes(30))
                .spec();
    }

    private JobReply ask(String command) {
        JobReply reply = new JobReply(NONCE);
        reply.read(false, worker.call(command).getBytes(UTF_8));
        return reply;
    }

    /**
     * What the other machine wrote down: its boot and process ids are those of that one. The last
     * one is told by nothing but the time at which this machine booted.
     */
    @ParameterizedTest
    @ValueSource(strings = {"other-boot.7 w2/0123", "other-boot.7 HERE"})
    void aJobOfAnotherMachineIsNotOursToJudge(String place) throws IOException {
        JobSpec spec = spec("echo begun; until [ -e ~/go ]; do sleep 0.05; done; echo done", 0);
        Drive first = Drive.of(worker, spec);
        first.breaks = drive -> drive.output.size() > 0;
        first.connect();
        Path pid = worker.folder(spec).resolve("pid");
        Waiting.until("it is written", () -> Files.exists(pid) && Files.size(pid) > 0);
        String own = Files.readString(pid);
        String machine = own.strip().substring(own.strip().lastIndexOf(' ') + 1);
        String[] words = own.split(" ", -1);
        String theirs =
                "%s %s %s %s\n"
                        .formatted(words[0], words[1], words[2], place.replace("HERE", machine));
        Files.writeString(pid, theirs);
        // long after whatever this test runs in was started
        Files.setLastModifiedTime(pid, FileTime.from(Instant.now().plusSeconds(120)));

        Job job = new Job(spec, new Cksum(), new Cksum(), true, () -> now, new Random(1));
        while (job.open()) {
            job.read(false, worker.call(job.command()).getBytes(UTF_8));
            assertThat(job.over()).isTrue();
            now = now.plusSeconds(20 * 60);
        }
        assertThat(job.end().state()).isEqualTo(State.LOST);
        assertThat(job.end().reason()).contains("another machine that shares this home folder: ");
        assertThat(ask(JobScript.status(spec.guid(), NONCE)).jobs())
                .extracting(JobStatus::state)
                .containsExactly(JobStatus.State.ELSEWHERE);
        ask(JobScript.clean(spec.guid(), NONCE));
        assertThat(ask(JobScript.cancel(spec.guid(), "0001", NONCE)).cancelled()).isFalse();
        assertThat(worker.names(spec))
                .contains("output.log")
                .anyMatch(x -> x.startsWith("bundle."));

        Files.writeString(pid, own);
        Files.createFile(worker.home.resolve("go"));
        assertThat(first.run().state()).isEqualTo(State.ENDED);
        assertThat(first.output.toString(UTF_8)).isEqualTo("begun\ndone\n");
    }

    @Test
    void aHomeWithoutLocksIsSaid() {
        worker.program("flock", "#!/bin/sh\necho 'flock: 9: No locks available' >&2\nexit 71\n");
        JobEnd end = Drive.of(worker, spec("touch ~/ran", 1)).run();
        assertThat(end.state()).isEqualTo(State.REFUSED);
        assertThat(end.mayHaveStarted()).isFalse();
        assertThat(end.reason()).contains("No locks available");
        assertThat(worker.home.resolve("ran")).doesNotExist();
    }

    /** Deeper than the longest path of a socket, with the relay, and where nothing can be one. */
    @ParameterizedTest
    @ValueSource(ints = {40, 86, 200})
    void theAgentOfADeepHome(int length) throws IOException {
        for (boolean relay : new boolean[] {true, false}) {
            String home = worker.home + "/";
            home += "d".repeat(Math.max(1, length - home.length()));
            worker.call("mkdir -p " + home);
            if (!relay) {
                worker.without("perl", "python3");
            }
            worker.environment.put("HOME", home);
            Path socket = Files.createTempDirectory("agent").resolve("s");
            try (ServerSocketChannel agent =
                    ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                agent.bind(UnixDomainSocketAddress.of(socket));
                WorkerShell.run("chmod", "-R", "777", socket.getParent().toString());
                worker.environment.put("SSH_AUTH_SOCK", socket.toString());
                Drive drive =
                        Drive.of(
                                worker,
                                spec(
                                        "[ ${#SSH_AUTH_SOCK} -lt 108 ] && [ -S \"$SSH_AUTH_SOCK\" ]"
                                                + " && echo usable",
                                        0));
                assertThat(drive.run().state()).isEqualTo(State.ENDED);
                assertThat(drive.output.toString(UTF_8)).isEqualTo("usable\n");
            }
            WorkerShell.run("rm", "-rf", socket.getParent().toString());
        }
    }
}
