package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Flights;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many flights the dispatch of a batch takes: version and algorithms; key exchange; login and
 * channel; agent and script; the bundle. What the worker says after that, to the end of the job, is
 * one answer. On a network of 150 ms each flight more costs each worker 150 ms.
 */
class FlightsIT {
    private static final int MOST = 5;

    /** Where a machine is busy, some attempts count too many; none counts too few. */
    private static final int ATTEMPTS = 10;

    @RegisterExtension static final Fleet fleet = Fleet.start(48, 1);

    @Test
    void aDispatchTakesFiveFlightsOnOneConnection(@TempDir Path folder) throws IOException {
        Site site = new Site(fleet, folder);
        int least = Integer.MAX_VALUE;
        try (Flights proxy = Flights.before(fleet.worker(1), fleet.port())) {
            String line = fleet.knownHosts().get(0);
            Files.writeString(
                    site.file("home/.ssh/known_hosts"),
                    line.replace("]:" + fleet.port() + " ", "]:" + proxy.port() + " ") + "\n",
                    StandardOpenOption.APPEND);
            site.hostVars(
                    "w1",
                    "jet_ssh_hostname: %s\njet_ssh_port: %d\n"
                            .formatted(fleet.worker(1), proxy.port()));
            for (int i = 1; i <= ATTEMPTS && least > MOST; i++) {
                proxy.quiet(Duration.ofMillis(Math.min(5000, 700L * i)));
                Program.Ended run = site.run();
                assertThat(run.exit()).as("%s", run).isZero();
                List<Integer> counts = proxy.counts();
                assertThat(counts).hasSize(i);
                least = Math.min(least, counts.get(i - 1));
            }
        }
        assertThat(least).isEqualTo(MOST);
    }
}
