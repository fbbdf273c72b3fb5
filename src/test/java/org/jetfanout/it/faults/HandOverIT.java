package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches of workers that are not there go to those that are, evenly. */
class HandOverIT {
    private static Fleet fleet;
    private static Counting counting;

    @TempDir private Path folder;

    @BeforeAll
    static void startFleet() throws IOException {
        fleet = Fleet.start(154, 4);
        counting = new Counting(fleet, 5);
    }

    @AfterAll
    static void stopFleet() {
        fleet.close();
    }

    @Test
    void oneOfFourIsDown() throws IOException {
        assertThat(batchesByWorker(1).values()).containsExactlyInAnyOrder(2, 1, 1);
    }

    @Test
    void twoOfFourAreDown() throws IOException {
        assertThat(batchesByWorker(2)).isEqualTo(Map.of(3, 2, 4, 2));
    }

    /** How many batches each worker did of a run while the first so many were down. */
    private Map<Integer, Integer> batchesByWorker(int down) throws IOException {
        Site site =
                new Site(fleet, folder)
                        .setting("jetp", counting.runner().toString())
                        .setting("reconnect_timeout", "2s");
        for (int n = 1; n <= down; n++) {
            site.hostVars(
                    "w" + n,
                    "jet_ssh_hostname: %s\njet_ssh_port: %d\n"
                            .formatted(fleet.worker(n), FreePort.next()));
        }
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.outcomes()).hasSize(12).doesNotContainValue("unfinished");
        List<Integer> starts = new ArrayList<>();
        counting.starts(run.guid()).values().forEach(starts::addAll);
        assertThat(starts).hasSize(4);
        Map<Integer, Integer> batches = new TreeMap<>();
        starts.forEach(worker -> batches.merge(worker, 1, Integer::sum));
        return batches;
    }
}
