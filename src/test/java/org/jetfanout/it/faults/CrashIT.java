package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.jetfanout.testkit.Fleet;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The control process is killed at any moment, and {@code resume} puts it right. With {@code
 * -Dcrash.runs=200} it does that 200 times, each phase in turn; {@code -Dcrash.seed=…} repeats the
 * random moments of an earlier time.
 */
@Tag("long")
@Order(1) // takes long: begins first
class CrashIT {
    @Test
    void aKilledRunIsTakenUpWithoutLossOrRepetition(@TempDir Path folder) throws IOException {
        int times = Integer.getInteger("crash.runs", Crashes.Phase.values().length);
        long seed = Long.getLong("crash.seed", System.nanoTime());
        System.out.println("crash.runs=" + times + " crash.seed=" + seed);
        try (Fleet fleet = Fleet.start(40, 3)) {
            assertThat(new Crashes(fleet, folder, seed, System.out).kill(times))
                    .filteredOn(finding -> !finding.wrong().isEmpty())
                    .isEmpty();
        }
    }
}
