package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.job.JobSpec;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.Frame;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Stream;
import org.jetfanout.runner.jetp.Jetp;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.ssh.CommandStream;
import org.jetfanout.ssh.LocalCommand;
import org.jetfanout.ssh.agent.ShownKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DispatchTest {
    private static final String GUID = "11111111-2222-3333-4444-555555555555";

    @TempDir private Path folder;
    private RunRecord record;
    private Dispatch dispatch;
    private Instant now = Instant.now();

    @BeforeEach
    void makeDispatch() throws IOException {
        record = RunRecord.create(folder, GUID);
        dispatch = of(BatchPast.none());
    }

    private Dispatch of(BatchPast past) throws IOException {
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
                        List.of(),
                        false,
                        false,
                        ShownKeys.named(List.of()),
                        List.of(),
                        List.of(),
                        0,
                        1,
                        1000,
                        1000,
                        60_000,
                        1 << 20,
                        false,
                        1000,
                        0,
                        0,
                        null,
                        "default");
        return Dispatch.of(message, JobSpec.Packed.TAR, new Jetp(), record, past, () -> now);
    }

    @AfterEach
    void closeRecord() {
        record.close();
    }

    /** It may take as long as connect_timeout says before, and again for the login. */
    @Test
    void theTimeForAnAnswerBeginsWithTheConnection() throws IOException {
        dispatch.job().command();
        now = now.plusSeconds(60);
        try (CommandStream stream =
                LocalCommand.start("exec sleep 100", Optional.empty(), Optional.empty())) {
            dispatch.frames(stream, state -> {}, () -> {}, term -> {});
            assertThat(dispatch.job().answerBy().orElseThrow()).isAfter(now);
        }
    }

    /** As the watch does with every batch, each second. */
    @Test
    void oneThatWasNeverConnectedCanBeLookedAfter() {
        assertThatCode(dispatch::endIfOverdue).doesNotThrowAnyException();
        assertThat(dispatch.putBackIfIdle()).isFalse();
        assertThat(dispatch.output().counts()).isEqualTo(Counts.waiting(3));
        assertThat(dispatch.isOpen()).isTrue();
    }

    @Test
    void countsAreThoseOfTheFramesThatWereRead() {
        dispatch.output().read(event("h2"));
        assertThat(dispatch.output().counts()).isEqualTo(Counts.waiting(3));
        dispatch.cancel();
        assertThatCode(dispatch::endIfOverdue).doesNotThrowAnyException();
        dispatch.leave();
        assertThat(dispatch.isOpen()).isFalse();
    }

    /** The route's loop asks it as often as it likes. */
    @Test
    void theConditionNeitherWaitsNorCancels() {
        dispatch.cancel();
        assertThat(dispatch.isOpen()).isTrue();
        assertThat(dispatch.isOpen()).isTrue();
        dispatch.pause();
        assertThat(dispatch.isOpen()).isFalse();
        assertThat(dispatch.end().result().state()).isEqualTo(BatchState.CANCELLED);
    }

    /** It will be so the next time, too. */
    @Test
    void whatCannotBeDoneEndsItAtOnce() {
        dispatch.job().command();
        dispatch.failed(new ConfigurationException("ssh_config line 3: Port takes a number"));
        assertThat(dispatch.isOpen()).isFalse();
        assertThat(dispatch.end().mayMove()).isTrue();
        assertThat(dispatch.end().result().state()).isEqualTo(BatchState.REFUSED);
        assertThat(dispatch.end().result().reason()).contains("Port takes a number");
        assertThat(dispatch.end().result().hosts()).hasSize(3);
    }

    static java.util.stream.Stream<Exception> strange() {
        return java.util.stream.Stream.of(
                new IllegalStateException("closed"),
                new IllegalArgumentException("bad packet length 1349676916"),
                new NullPointerException(),
                new IOException("too many open files"));
    }

    /** Nobody knows how far it came: it is tried a few times, and goes to no other worker. */
    @ParameterizedTest
    @MethodSource("strange")
    void whatNobodyKnowsEndsItsOwnBatchOnly(Exception strange) {
        for (int i = 0; i < 6; i++) {
            assertThat(dispatch.job().open()).isTrue();
            dispatch.job().command();
            dispatch.failed(strange);
        }
        assertThat(dispatch.isOpen()).isFalse();
        assertThat(dispatch.end().mayMove()).isFalse();
        assertThat(dispatch.end().result().state()).isEqualTo(BatchState.LOST);
        assertThat(dispatch.end().result().resumable()).isTrue();
    }

    /** An earlier process may have started it: whatever is wrong now may not be so in a minute. */
    @Test
    void aJobThatMayBeThereIsWorthTheWait() throws IOException {
        Dispatch resumed = of(new BatchPast(Instant.now(), true, false));
        for (int i = 0; i < 20; i++) {
            resumed.job().command();
            resumed.failed(new ConfigurationException("no key accepted"));
            assertThat(resumed.job().open()).isTrue();
        }
        assertThat(resumed.trouble()).isEqualTo("no key accepted");
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
