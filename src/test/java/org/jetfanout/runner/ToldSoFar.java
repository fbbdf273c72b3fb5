package org.jetfanout.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What a reader says of each host so far is what it counts. */
public final class ToldSoFar {
    private ToldSoFar() {}

    /** Fails where the outcomes so far are not those of the tally. */
    public static void isWhatIsCounted(RunnerReader reader) {
        Tally tally = reader.tally();
        OutcomesSoFar told = reader.soFar();
        assertThat(told.size()).isEqualTo(tally.hosts());
        assertThat(
                        List.of(
                                count(told, Outcome.OK),
                                count(told, Outcome.CHANGED),
                                count(told, Outcome.FAILED),
                                count(told, Outcome.UNREACHABLE)))
                .as("%s of %s", told, tally)
                .containsExactly(tally.ok(), tally.changed(), tally.failed(), tally.unreachable());
    }

    private static int count(OutcomesSoFar told, Outcome outcome) {
        return (int)
                IntStream.range(0, told.size())
                        .filter(place -> told.at(place).equals(Optional.of(outcome)))
                        .count();
    }
}
