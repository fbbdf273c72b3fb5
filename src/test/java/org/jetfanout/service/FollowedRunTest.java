package org.jetfanout.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.SinkFolder;
import org.jetfanout.record.SinkState;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.remote.FollowedRun;
import org.jetfanout.remote.ServiceClient;
import org.jetfanout.runner.Outcome;
import org.jetfanout.screen.Summary;
import org.jetfanout.site.workers.RolloutRules;
import org.jetfanout.status.RunStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code run --server} says at the end is what a run here says. */
class FollowedRunTest {
    private static final String GUID = "aaaaaaaa-0000-4000-8000-000000000001";

    @Test
    void aSinkThatFailedAndARuleThatStoppedTheRunAreInItsSummary(@TempDir Path folder)
            throws Exception {
        try (ServedRuns served = new ServedRuns(folder, 10, "")) {
            record(served.runs());
            RunStatus here;
            try (RunRecord record = RunRecord.at(served.runs().resolve(GUID))) {
                here = RunStatus.of(record);
            }
            RunStatus there =
                    new FollowedRun(
                                    new ServiceClient(
                                            URI.create(
                                                    "http://127.0.0.1:"
                                                            + served.port()
                                                            + "/fanout"),
                                            Optional.of(served.token()),
                                            Optional.empty(),
                                            Duration.ofSeconds(10)),
                                    GUID,
                                    FollowedRun.Output.NONE,
                                    false,
                                    event -> {},
                                    text -> {})
                            .follow();
            assertThat(there.exitCode()).isEqualTo(here.exitCode());
            assertThat(there.state()).isEqualTo(here.state());
            assertThat(there.totals()).isEqualTo(here.totals());
            assertThat(there.sinks()).isEqualTo(here.sinks());
            assertThat(there.rollout().orElseThrow().stopped())
                    .isEqualTo(here.rollout().orElseThrow().stopped())
                    .isPresent();
            assertThat(summary(there, folder))
                    .isEqualTo(summary(here, folder))
                    .contains("stopped after ", "2 failed, more than 1", "HTTP 401: wrong password")
                    .contains("host1-00002", "rc 2: no space left");
        }
    }

    /** A run that has ended, and its process too. */
    private static void record(Path runs) {
        try (RecordedRun run = new RecordedRun(runs, GUID)) {
            run.request(Map.of()).plan(2, 3);
            run.record()
                    .storeRollout(
                            RolloutState.of(RolloutRules.of(Map.of("max_failures", "1")), 2)
                                    .withWave(1)
                                    .withStop("2 failed, more than 1"));
            run.later(Duration.ofSeconds(2));
            run.ends(
                    1,
                    BatchState.ENDED,
                    RecordedRun.result("host1-00002", Outcome.FAILED, "rc 2: no space left"));
            run.ends(
                    2,
                    BatchState.CANCELLED,
                    RecordedRun.result("host2-00003", Outcome.NOT_STARTED, "stopped before"));
            try (SinkFolder sink = run.record().sinks().open("central")) {
                sink.storeStatus(
                        new SinkStatus(
                                "central",
                                SinkState.STOPPED,
                                "HTTP 401: wrong password",
                                40,
                                7,
                                3,
                                2,
                                1,
                                5000,
                                Optional.empty()));
            }
            run.end();
        }
    }

    private static String summary(RunStatus status, Path record) {
        return String.join(
                "\n", new Summary(status, 0, record, hosts -> String.join(",", hosts)).facts());
    }
}
