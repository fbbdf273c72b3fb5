package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepNamesTest {
    /** Users' routes have these names. */
    @ParameterizedTest
    @CsvSource({
        "run.packShared, packShared",
        "plan.workerMap, workerMap",
        "plan.plan, plan",
        "queue.startDispatch, startDispatch",
        "dispatch.takeUp, takeUp",
        "record.result, result",
        "sink.ndjson, ndjson",
        "check.command, checkCommand",
        "check.threads, checkThreads",
        "check.checks, checks",
        "opensearch.answer, opensearchAnswer",
        "splunk.unacknowledged, splunkUnacknowledged",
        "file.append, fileAppend"
    })
    void theFormerNameStandsForTheSameStep(String name, String former) {
        assertThat(StepNames.withFormer(Map.of(name, "step")))
                .containsOnly(Map.entry(name, "step"), Map.entry(former, "step"));
    }

    @Test
    void aStepThatMovedOrWasRenamedKeepsBothOfItsNames() {
        assertThat(StepNames.withFormer(Map.of("pack.batch", "step")))
                .containsOnlyKeys("pack.batch", "queue.bundle", "bundle");
        assertThat(StepNames.withFormer(Map.of("opensearch.delivery", "step")))
                .containsOnlyKeys("opensearch.delivery", "opensearch.frame", "opensearchFrame");
    }

    @Test
    void whatHadNoOtherNameGetsNone() {
        assertThat(StepNames.withFormer(Map.of(StepNames.PAUSE, 1, "producers", 2)))
                .containsOnlyKeys(StepNames.PAUSE, "producers");
    }
}
