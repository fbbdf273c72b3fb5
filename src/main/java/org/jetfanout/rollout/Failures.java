package org.jetfanout.rollout;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.Counts;
import org.jetfanout.site.workers.Amount;

/**
 * How many hosts of a run have failed so far, in total and in each wave: failed, unreachable, or
 * unfinished in a batch that has ended. Thread-safe.
 */
final class Failures {
    // Mutable state, guarded by this
    private final Map<String, Integer> waveOf = new HashMap<>();
    private final Map<Integer, Integer> hosts = new HashMap<>();
    private final Map<String, Integer> failed = new HashMap<>();
    private final Map<Integer, Integer> failedOfWave = new HashMap<>();
    private int total;

    /** Takes the plan of the run, with its batches that have ended. */
    synchronized void planned(Plan plan) {
        for (Batch batch : plan.batches()) {
            if (waveOf.put(batch.id(), batch.wave()) == null) {
                hosts.merge(batch.wave(), batch.hosts().size(), Integer::sum);
            }
        }
    }

    /** The counts of a batch; they replace those before. */
    synchronized void count(String batch, Counts counts, boolean ended) {
        Integer wave = waveOf.get(batch);
        if (wave == null) {
            return;
        }
        int now = of(counts, ended);
        Integer before = failed.put(batch, now);
        int more = now - (before == null ? 0 : before);
        failedOfWave.merge(wave, more, Integer::sum);
        total += more;
    }

    /** How many of these hosts count as failures. */
    static int of(Counts counts, boolean ended) {
        return counts.failed() + counts.unreachable() + (ended ? counts.unfinished() : 0);
    }

    /** What is beyond a limit, in one line; empty where nothing is. */
    synchronized Optional<String> beyond(Amount limit) {
        if (!limit.percent()) {
            return limit.isLessThan(total, 0)
                    ? Optional.of(
                            "%d %s failed, limit %s"
                                    .formatted(total, total == 1 ? "host" : "hosts", limit.text()))
                    : Optional.empty();
        }
        return failedOfWave.entrySet().stream()
                .filter(wave -> limit.isLessThan(wave.getValue(), hosts.get(wave.getKey())))
                .findFirst()
                .map(
                        wave ->
                                "%d of the %d hosts of wave %d failed, limit %s"
                                        .formatted(
                                                wave.getValue(),
                                                hosts.get(wave.getKey()),
                                                wave.getKey(),
                                                limit.text()));
    }

    /** All of them. */
    synchronized int total() {
        return total;
    }
}
