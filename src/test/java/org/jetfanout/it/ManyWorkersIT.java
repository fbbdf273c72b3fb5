package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jetfanout.testkit.Farm;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a run costs the control machine does not grow with the workers. The full size, a thousand
 * workers and a million hosts, is {@code benchmarks/run e}.
 */
class ManyWorkersIT {
    /**
     * Threads beside those of --threads: the JVM's, those that read and write all connections, sign
     * logins and ask the agent, and the broker's pools, which make a thread when none idles at that
     * moment, up to some eighty. 45 to 131 were seen on two cores. A thread for each worker would
     * make 150 more.
     */
    private static final int CONSTANT = 130 + 15 * Runtime.getRuntime().availableProcessors();

    @Test
    void threadsAreThoseOfTheOptionAndAConstant(@TempDir Path folder) throws IOException {
        try (Farm farm = Farm.start(folder, 150, 150)) {
            Program few = farm.run("few", 10, 2_000, "--threads", "5", "-q");
            assertThat(peakThreads(few, 2_000, 10)).isLessThanOrEqualTo(5 + CONSTANT);
            Program many = farm.run("many", 150, 30_000, "--threads", "30", "-q");
            assertThat(peakThreads(many, 30_000, 150)).isLessThanOrEqualTo(30 + CONSTANT);
        }
    }

    /** The most threads it had; its results are those of so many hosts, each once. */
    private static int peakThreads(Program program, int hosts, int workers) throws IOException {
        Path tasks = Path.of("/proc", Long.toString(program.handle().pid()), "task");
        int[] peak = {0};
        Waiting.until(
                "the run ends",
                () -> {
                    String[] now = tasks.toFile().list();
                    peak[0] = Math.max(peak[0], now == null ? 0 : now.length);
                    return !program.handle().isAlive();
                });
        Program.Ended run = program.end();
        assertThat(run.exit()).as("%s", run).isZero();
        List<String> results = Files.readAllLines(run.record("results.ndjson"));
        assertThat(results).hasSize(hosts);
        Set<String> names = new HashSet<>();
        results.forEach(line -> names.add(line.replaceFirst(".*\"host\":\"(host\\d+)\".*", "$1")));
        assertThat(names).hasSize(hosts).contains("host1", "host" + hosts);
        assertThat(run.records("batches.ndjson"))
                .hasSize(workers)
                .allMatch(batch -> batch.path("changed").asInt() == hosts / workers);
        return peak[0];
    }
}
