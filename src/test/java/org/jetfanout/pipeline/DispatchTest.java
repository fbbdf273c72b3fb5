package org.jetfanout.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.jetfanout.job.JobSpec;
import org.jetfanout.log.Frame;
import org.jetfanout.log.Stream;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.Counts;
import org.jetfanout.record.RunRecord;
import org.jetfanout.workers.Worker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

class DispatchTest {
    private static final String GUID = "11111111-2222-3333-4444-555555555555";

    @TempDir private Path folder;
    private RunRecord record;
    private Dispatch dispatch;

    @BeforeEach
    void makeDispatch() throws IOException {
        record = RunRecord.create(folder, GUID);
        Batch batch =
                new Batch(
                        "0001",
                        new Worker("w1", "wk", "127.0.0.1", 22, "ops"),
                        List.of("h1", "h2", "h3"));
        BatchMessage message =
                new BatchMessage(
                        GUID,
                        batch,
                        List.of("jetp"),
                        Map.of(),
                        false,
                        false,
                        List.of(),
                        0,
                        1,
                        1000,
                        1000,
                        60_000,
                        false,
                        1000,
                        0,
                        0);
        dispatch =
                Dispatch.of(
                        message,
                        JobSpec.Packed.TAR,
                        record,
                        false,
                        InstantSource.fixed(Instant.now()));
    }

    @AfterEach
    void closeRecord() {
        record.close();
    }

    /** As the watch does with every batch, each second. */
    @Test
    void oneThatWasNeverConnectedCanBeLookedAfter() {
        assertThatCode(dispatch::endIfOverdue).doesNotThrowAnyException();
        assertThat(dispatch.putBackIfIdle()).isFalse();
        assertThat(dispatch.counts()).isEqualTo(Counts.waiting(3));
        assertThat(dispatch.isOpen()).isTrue();
    }

    @Test
    void countsAreThoseOfTheFramesThatWereRead() {
        dispatch.read(event("h2"));
        assertThat(dispatch.counts()).isEqualTo(Counts.waiting(3));
        dispatch.cancel();
        assertThatCode(dispatch::endIfOverdue).doesNotThrowAnyException();
        dispatch.leave();
        assertThat(dispatch.isOpen()).isFalse();
    }

    private static Frame event(String host) {
        return new Frame(
                GUID,
                "0001",
                "w1",
                Stream.EVENTS,
                0,
                ("{\"host\":\"" + host + "\"}\n").getBytes(StandardCharsets.UTF_8),
                Instant.now());
    }
}
