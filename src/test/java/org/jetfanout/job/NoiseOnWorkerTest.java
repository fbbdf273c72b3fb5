package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.OptionalInt;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.job.query.JobReply;
import org.jetfanout.testkit.TestJob;
import org.jetfanout.testkit.WorkerShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script on workers whose logins do more than they should, in real shells. */
@Timeout(90)
class NoiseOnWorkerTest {
    private final WorkerShell worker = new WorkerShell();

    @AfterEach
    void close() {
        worker.close();
    }

    private static JobSpec spec(boolean agent, String script) {
        return TestJob.script(script).agent(agent).spec();
    }

    /** What a login script leaves behind holds the channel and writes into it, line by line. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "while sleep 0.01; do echo noise; done",
                "while sleep 0.01; do echo noise >&2; done",
                "while sleep 0.01; do printf 'half a line '; printf 'jet-fanout x ' >&2; done",
                "i=0; while [ $i -lt 20000 ]; do echo noise; echo noise >&2; i=$((i+1)); done; sleep 60",
                "sleep 60"
            })
    void noiseIsNoLogAndHoldsNothingUp(String behind) {
        worker.login = behind + " & ";
        JobSpec spec =
                spec(
                        false,
                        "i=0; while [ $i -lt 300 ]; do echo \"line $i\"; echo \"{$i}\" >>$JET_LOG;"
                                + " i=$((i+1)); [ $((i % 30)) != 0 ] || sleep 0.05; done;"
                                + " yes 0123456789 | head -n 200000");
        Drive drive = Drive.of(worker, spec);
        assertThat(drive.run())
                .isEqualTo(new JobEnd(State.ENDED, OptionalInt.of(0), true, true, ""));
        assertThat(drive.output.toByteArray()).isEqualTo(worker.file(spec, "output.log"));
        assertThat(drive.events.toByteArray()).isEqualTo(worker.file(spec, "events.log"));
        assertThat(drive.output.toString(UTF_8)).doesNotContain("noise", "half a line");
    }

    @Test
    void statusEndsWithItsLastWordAsWell() throws Exception {
        worker.login = "sleep 60 & ";
        Nonce nonce = new Nonce("00112233445566778899aabbccddeeff", 17, 25);
        JobReply reply = new JobReply(nonce);
        Process process = worker.exec(JobScript.status("guid", nonce));
        byte[] some = new byte[4096];
        while (!reply.over()) {
            int count = process.getInputStream().read(some);
            assertThat(count).isPositive();
            reply.read(false, java.util.Arrays.copyOf(some, count));
        }
        assertThat(reply.complete()).isTrue();
    }

    @Test
    void aWorkerThatForwardsNoAgentRefuses() {
        JobEnd end = Drive.of(worker, spec(true, "touch ~/ran")).run();
        assertThat(end.state()).isEqualTo(State.REFUSED);
        assertThat(end.mayHaveStarted()).isFalse();
        assertThat(end.reason()).startsWith("the worker's sshd does not forward the agent");
        assertThat(worker.home.resolve("ran")).doesNotExist();
        assertThat(Drive.of(worker, spec(false, "touch ~/ran")).run().state())
                .isEqualTo(State.ENDED);
        assertThat(Files.exists(worker.home.resolve("ran"))).isTrue();
    }
}
