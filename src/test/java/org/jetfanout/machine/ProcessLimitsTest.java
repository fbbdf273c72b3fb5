package org.jetfanout.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With what the kernel tells, written down in a folder. */
class ProcessLimitsTest {
    @TempDir private Path folder;
    private ProcessLimits limits;

    @BeforeEach
    void tell() throws IOException {
        limits = new ProcessLimits(folder.resolve("proc"), folder.resolve("cgroup"));
        told("unlimited", "1024", "1000");
        process(1, "0", 400);
        process(20, "1000", 10);
        process(21, "1000", 2);
        Files.createDirectories(folder.resolve("proc/self/fd"));
    }

    private void told(String threads, String files, String uid) throws IOException {
        write(
                "proc/self/limits",
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             %-20s unlimited            processes
                Max open files            %-20s 1048576              files
                """
                        .formatted(threads, files));
        write("proc/self/status", "Name:\tjava\nUid:\t%s\t%1$s\nThreads:\t30\n".formatted(uid));
    }

    private void process(int id, String uid, int threads) throws IOException {
        write(
                "proc/" + id + "/status",
                "Name:\tx\nUid:\t%s\t%1$s\nThreads:\t%d\n".formatted(uid, threads));
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @ParameterizedTest
    @CsvSource({"unlimited,1000", "100000,1000", "152,20", "42,-1"})
    void enoughThreads(String limit, int workers) throws IOException {
        told(limit, "1024", workers < 0 ? "0" : "1000");
        assertThatCode(() -> limits.requireThreads(Math.max(1, workers)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"42,1", "42,20", "151,20", "1000,500"})
    void tooFewThreads(String limit, int workers) throws IOException {
        told(limit, "1024", "1000");
        assertThatThrownBy(() -> limits.requireThreads(workers))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(
                        ("the limit of processes and threads (ulimit -u) is %s, and 12 are in"
                                        + " use: %d workers at once need about %d. Raise the limit")
                                .formatted(limit, workers, 100 + 2 * workers));
    }

    @Test
    void theLimitOfTheControlGroup() throws IOException {
        write("proc/self/cgroup", "0::/user.slice/one\n");
        write("cgroup/user.slice/one/pids.max", "max\n");
        write("cgroup/user.slice/one/pids.current", "70\n");
        limits.requireThreads(20);
        write("cgroup/user.slice/one/pids.max", "200\n");
        assertThatThrownBy(() -> limits.requireThreads(20))
                .hasMessageContaining("(pids.max) is 200, and 70 are in use");
    }

    @ParameterizedTest
    @CsvSource({
        "unlimited,300,300,128",
        "1048576,300,300,128",
        "1024,300,188,64",
        "256,300,32,16",
        "256,5,5,16"
    })
    void asManyWorkersAsFilesMayBeOpen(String limit, int wanted, int workers, int batches)
            throws IOException {
        told("unlimited", limit, "1000");
        assertThat(limits.workers(wanted)).isEqualTo(workers);
        assertThat(limits.openBatches()).isEqualTo(batches);
    }

    @Test
    void notEvenOne() throws IOException {
        told("unlimited", "64", "1000");
        assertThatThrownBy(() -> limits.workers(1))
                .hasMessageStartingWith("the limit of open files (ulimit -n) is 64: ");
    }

    @Test
    void whereTheKernelTellsNothing() {
        ProcessLimits unknown = new ProcessLimits(folder.resolve("no"), folder.resolve("no"));
        unknown.requireThreads(100_000);
        assertThat(unknown.workers(100_000)).isEqualTo(100_000);
    }
}
