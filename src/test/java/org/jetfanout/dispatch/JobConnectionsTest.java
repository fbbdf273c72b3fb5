package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import org.jetfanout.job.Job;
import org.jetfanout.testkit.TestJob;
import org.junit.jupiter.api.Test;

class JobConnectionsTest {
    /** What says that it has nothing now gets a thread that waits for more: one for each worker. */
    @Test
    void theEndOfABundleIsNotWaitedFor() throws IOException {
        JobConnections connections = new JobConnections(InstantSource.system());
        Job job = new Job(TestJob.of("true").spec(), 0, 0, false);
        try (InputStream stdin =
                connections.stdin(
                        job,
                        new ByteArrayInputStream(new byte[] {1, 2, 3}),
                        3,
                        InputStream.nullInputStream())) {
            connections.letBundleGo();
            assertThat(stdin.readNBytes(3)).containsExactly(1, 2, 3);
            assertThat(stdin.available()).isPositive();
            assertThat(stdin.read()).isEqualTo(-1);
        }
    }
}
