package org.jetfanout.status;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.jetfanout.record.RolloutState;
import org.jetfanout.site.workers.Amount;

/**
 * How a run stands that goes from wave to wave, or that a rule may stop. Immutable.
 *
 * @param state how far it has come
 * @param hosts all hosts of the run
 * @param done how many of them have a result
 * @param begun how many of them were begun; of those that were not, the run has an outcome
 * @param failed how many are failed, unreachable, or unfinished although their batch has ended
 */
public record RolloutStatus(RolloutState state, int hosts, int done, int begun, int failed) {
    /** How a run stands by its progress. */
    static RolloutStatus of(RolloutState state, Progress.Snapshot now) {
        int failed = 0;
        int done = 0;
        for (Progress.BatchProgress batch : now.batches()) {
            boolean ended = batch.state().isLast();
            int unfinished = ended ? batch.counts().unfinished() : 0;
            failed += batch.counts().failed() + batch.counts().unreachable() + unfinished;
            done += batch.counts().done() + unfinished;
        }
        return new RolloutStatus(
                state,
                now.totals().hosts(),
                done,
                now.totals().hosts() - now.totals().notStarted(),
                failed);
    }

    /** One line for people, without what it waits for. */
    public String text() {
        return (state.waves() > 1 ? "wave %d of %d, ".formatted(state.wave(), state.waves()) : "")
                + "%s of %s, %s failed".formatted(number(done), hosts(hosts), number(failed))
                + state.rules().maxFailures().map(Amount::text).map(", limit "::concat).orElse("");
    }

    /** What it waits for, and the command that ends that; empty where it does not wait. */
    public Optional<String> waits(String guid) {
        return state.waits()
                .map(
                        wait ->
                                "before wave %d, waiting for %s"
                                                .formatted(wait.wave(), wait.kind().words())
                                        + (wait.kind() == RolloutState.Kind.CHECK
                                                ? ""
                                                : wait.kind() == RolloutState.Kind.PAUSE
                                                        ? ": jet-fanout continue "
                                                                + guid
                                                                + " ends it"
                                                        : " " + guid));
    }

    /** Which rule has stopped it; empty where none did. */
    public Optional<String> stopped() {
        return state.isStopped()
                ? Optional.of(
                        "stopped after %s of %s: %s"
                                .formatted(number(begun), hosts(hosts), state.stopped()))
                : Optional.empty();
    }

    private static String hosts(int count) {
        return number(count) + (count == 1 ? " host" : " hosts");
    }

    private static String number(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Writes it as fields of an object that is begun. */
    void write(JsonGenerator json) throws IOException {
        state.write(json);
        json.writeNumberField("hosts", hosts);
        json.writeNumberField("done", done);
        json.writeNumberField("begun", begun);
        json.writeNumberField("failed", failed);
    }
}
