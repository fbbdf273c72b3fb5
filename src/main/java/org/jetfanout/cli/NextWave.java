package org.jetfanout.cli;

import org.jetfanout.ConfigurationException;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.RunRecord;

/** Which wave of a run is asked about, or why none is. Pure functions. */
public final class NextWave {
    private NextWave() {}

    /** Number of the wave that waits for an approval. */
    public static int awaitingApproval(RunRecord record) {
        RolloutState state = state(record);
        return state.waits()
                .filter(wait -> wait.kind() == RolloutState.Kind.APPROVAL)
                .map(RolloutState.Wait::wave)
                .orElseThrow(
                        () ->
                                no(
                                        record,
                                        "does not wait for an approval now: wave %d of %d has"
                                                        .formatted(state.wave(), state.waves())
                                                + " begun; see jet-fanout status "
                                                + record.guid()));
    }

    /** Number of the next wave. */
    public static int of(RunRecord record) {
        RolloutState state = state(record);
        if (state.wave() >= state.waves()) {
            throw no(record, "has no further wave");
        }
        return state.wave() + 1;
    }

    private static RolloutState state(RunRecord record) {
        if (record.summary().isPresent()) {
            throw no(record, "has ended already");
        }
        return record.rollout().orElseThrow(() -> no(record, "has no waves"));
    }

    private static ConfigurationException no(RunRecord record, String why) {
        return new ConfigurationException("run " + record.guid() + " " + why);
    }
}
