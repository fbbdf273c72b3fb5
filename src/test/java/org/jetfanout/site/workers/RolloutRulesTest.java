package org.jetfanout.site.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Map;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutRulesTest {
    @TempDir private Path folder;

    private RolloutRules yml(String keys) {
        return WorkersYml.read(
                        folder, "workers:\n  map:\n    - { from: a, to: w }\n" + keys.indent(2))
                .rollout();
    }

    @Test
    void allOfWorkersYml() {
        RolloutRules rules =
                yml(
                        """
                        waves: [1, 10, 10%]
                        canary: edge
                        max_failures: 5%
                        on_stop: cancel
                        pause: 10m
                        approve: true
                        approve_timeout: 4h
                        leave_at_gate: false
                        between_waves: ./check
                        between_waves_timeout: 30s
                        not_after: 2026-12-24T06:00
                        """);
        assertThat(rules.waves().stream().map(Amount::text)).containsExactly("1", "10", "10%");
        assertThat(rules.canary()).contains("edge");
        assertThat(rules.maxFailures()).contains(new Amount(5, true));
        assertThat(rules.cancels()).isTrue();
        assertThat(rules.pause()).isEqualTo(Duration.ofMinutes(10));
        assertThat(rules.approve()).isTrue();
        assertThat(rules.approveTimeout()).contains(Duration.ofHours(4));
        assertThat(rules.leavesAtGate()).isFalse();
        assertThat(rules.betweenWaves()).contains("./check");
        assertThat(rules.betweenWavesTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(rules.texts().keySet()).containsExactlyElementsOf(RolloutRules.KEYS);
        assertThat(RolloutRules.of(rules.texts())).isEqualTo(rules);
    }

    @Test
    void withoutAnyKeyThereAreNone() {
        assertThat(yml("threads: 1").isEmpty()).isTrue();
        assertThat(RolloutRules.NONE.pause()).isZero();
        assertThat(RolloutRules.NONE.betweenWavesTimeout()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void whatIsSaidForTheRunCounts() {
        RolloutRules file = RolloutRules.of(Map.of("waves", "1,2", "pause", "10m"));
        RolloutRules run = RolloutRules.of(Map.of("waves", "5", "approve", "true"));
        assertThat(run.over(file).texts())
                .isEqualTo(Map.of("waves", "5", "pause", "10m", "approve", "true"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "waves: ten | waves must be a number of hosts such as 10, or a percentage such as 10%",
                "waves: [10, 5] | waves counts all hosts up to the end of a wave: 5 after 10",
                "waves: [0, 5] | waves must not be 0: a wave has hosts",
                "max_failures: 101% | max_failures must be a number of hosts",
                "max_failures: -1 | max_failures must be a number of hosts",
                "on_stop: kill | on_stop must be finish or cancel, not 'kill'",
                "pause: soon | pause ",
                "approve: maybe | approve must be true or false, not 'maybe'",
                "not_after: six | not_after must be a time such as 06:00",
                "canary: '' | canary must be a group or a number",
            })
    void wrong(String keys, String message) {
        assertThatThrownBy(() -> yml("threads: 1\n" + keys))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("workers.yml:5: ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "06:00, 2026-11-30T05:00:00Z",
        "23:30, 2026-11-29T22:30:00Z",
        "2026-12-24T06:00, 2026-12-24T05:00:00Z",
        "2026-12-24T06:00:00Z, 2026-12-24T06:00:00Z",
    })
    void nothingBeginsAfter(String text, String end) {
        RolloutRules rules =
                RolloutRules.of(Map.of("not_after", text))
                        .from(ZonedDateTime.parse("2026-11-29T23:00:00+01:00"));
        assertThat(rules.notAfter()).contains(Instant.parse(end));
        assertThat(rules.withoutEnd().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "5, 5, 100, false",
        "5, 6, 7, true",
        "0, 1, 1, true",
        "0, 0, 0, false",
        "10%, 10, 100, false",
        "10%, 11, 100, true",
        "10%, 1, 1, true",
    })
    void moreThanTheLimit(String limit, int some, int hosts, boolean more) {
        assertThat(Amount.parse(limit).isLessThan(some, hosts)).isEqualTo(more);
    }
}
