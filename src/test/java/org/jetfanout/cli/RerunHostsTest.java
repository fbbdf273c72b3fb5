package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.runner.Outcome.CHANGED;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.NOT_STARTED;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.runner.Outcome.UNFINISHED;
import static org.jetfanout.runner.Outcome.UNREACHABLE;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RunRecord;
import org.jetfanout.testkit.Fixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which hosts of an earlier run a new one is for. */
class RerunHostsTest {
    @TempDir Path runs;

    @Test
    void byTheirOutcome() throws IOException {
        try (RunRecord record = RunRecord.create(runs, Fixture.GUID)) {
            record.storePlan(Fixture.plan(5, 2, 2));
            record.storeResult(
                    Fixture.result(
                            1,
                            BatchState.ENDED,
                            OK,
                            FAILED,
                            UNREACHABLE,
                            NOT_STARTED,
                            NOT_STARTED));
            record.storeResult(Fixture.result(2, BatchState.LOST, CHANGED, UNFINISHED));
            assertThat(RerunCommand.hosts(record, EnumSet.of(NOT_STARTED)))
                    .containsExactly("h1-4", "h1-5");
            assertThat(RerunCommand.hosts(record, EnumSet.of(FAILED))).containsExactly("h1-2");
            // the third batch has no result
            assertThat(RerunCommand.hosts(record, EnumSet.of(UNFINISHED)))
                    .containsExactly("h2-2", "h3-1", "h3-2");
            assertThat(RerunCommand.hosts(record, EnumSet.of(FAILED, UNREACHABLE, NOT_STARTED)))
                    .containsExactly("h1-2", "h1-3", "h1-4", "h1-5");
        }
    }
}
