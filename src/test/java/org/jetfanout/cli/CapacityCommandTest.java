package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CapacityCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String arguments) {
        return new CommandLine(new CapacityCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.split(" ", -1));
    }

    @Test
    void sixWorkers() {
        assertThat(run("--hosts 900 --threads 150 --host-time 5m --within 5m")).isZero();
        assertThat(out)
                .hasToString(
                        "6 workers: 900 hosts / 150 per worker (150 threads, 1 round of 5m in 5m) = 6;"
                                + " done in 5m\n");
        assertThat(err).asString().isEmpty();
    }

    @Test
    void oneAndAHalfWorkers() {
        assertThat(run("--hosts 900 --threads 150 --host-time 5m --within 20m")).isZero();
        assertThat(out)
                .hasToString(
                        "2 workers: 900 hosts / 600 per worker (150 threads, 4 rounds of 5m in 20m) ="
                                + " 1.5, rounded up; done in 15m\n");
    }

    @Test
    void theOtherWayRound() {
        assertThat(run("--hosts 900 --threads 150 --host-time 5m --workers 2")).isZero();
        assertThat(out)
                .hasToString(
                        "15m: 900 hosts on 2 workers, at most 450 each, 3 rounds of 5m (150 threads)\n");
    }

    @Test
    void forPrograms() {
        assertThat(run("--hosts 900 --threads 150 --host-time 5m --within 5m --json")).isZero();
        assertThat(out)
                .hasToString(
                        """
                        {"workers":6,"exactWorkers":6,"within":"5m","hosts":900,"threads":150,\
                        "hostTime":"5m","hostsPerWorker":150,"rounds":1,"time":"5m","seconds":300}
                        """);
    }

    @Test
    void theOtherWayRoundForPrograms() {
        assertThat(run("--hosts 900 -t 150 --host-time 5m --workers 2 --json")).isZero();
        assertThat(out)
                .hasToString(
                        """
                        {"workers":2,"hosts":900,"threads":150,"hostTime":"5m","hostsPerWorker":450,\
                        "rounds":3,"time":"15m","seconds":900}
                        """);
    }

    @Test
    void jetpsThreadsAreTheDefault() {
        assertThat(run("--hosts 40 --host-time 1m --within 1m")).isZero();
        assertThat(out).asString().startsWith("2 workers: ");
    }

    @Test
    void warnsOfABatchSizeThatMakesThreadsIdle() {
        assertThat(run("--hosts 900 -t 150 --batch-size 100 --host-time 5m --workers 2")).isZero();
        assertThat(out).asString().startsWith("25m: ");
        assertThat(err)
                .hasToString(
                        "warning: batch_size 100 leaves 50 of 150 threads of each worker idle: 5"
                                + " rounds instead of 3\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--hosts 900 --host-time 5m --within 2m ; no number of workers is enough: a"
                        + " single host takes 5m, longer than 2m",
                "--hosts 0 --host-time 5m --within 5m ; hosts must be at least 1, not 0",
                "--hosts 9 -t 0 --host-time 5m --within 5m ; threads must be at least 1, not 0",
                "--hosts 9 --batch-size 0 --host-time 5m --within 5m ; batch size must be at least 1,"
                        + " not 0",
                "--hosts 9 --host-time 5m --workers 0 ; workers must be at least 1, not 0",
                "--hosts 9 --host-time 0s --within 5m ; the time for one host must be from 1s to"
                        + " 36500d, not 0s",
                "--hosts 9 --host-time 5 --within 5m ; Invalid value for option '--host-time': must be"
                        + " a duration such as 90s, 5m, 1h30m or 7d, not '5'",
                "--hosts 9 --host-time 5m ; give either --within (to calculate the workers) or"
                        + " --workers (to calculate the time)",
                "--hosts 9 --host-time 5m --within 5m --workers 3 ; give either --within (to"
                        + " calculate the workers) or --workers (to calculate the time)",
                "--host-time 5m --workers 1 ; give --hosts, or give --inventory and --worker-config",
                "--hosts 9 --within 5m ; Missing required option: '--host-time=TIME'",
                "--inventory inv --host-time 5m --threads 3 ; --hosts, --threads, --batch-size"
                        + " and --workers cannot be combined with --inventory and"
                        + " --worker-config: the inventory and workers.yml give these numbers",
                "--hosts 3000000000 --host-time 5m --workers 1 ; Invalid value for option '--hosts':"
                        + " '3000000000' is not an int"
            })
    void badOptions(String arguments, String message) {
        assertThat(run(arguments)).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString().lines().findFirst()).contains(message);
        assertThat(out).asString().isEmpty();
    }

    /** 900 hosts and 3 workers, 4 hosts and 1 worker. */
    private static void site(Path folder, String settings) throws IOException {
        Files.createDirectories(folder.resolve("inv/groups"));
        String web =
                IntStream.rangeClosed(1, 900)
                        .mapToObj(i -> "web" + i)
                        .collect(Collectors.joining(", "));
        Files.writeString(folder.resolve("inv/groups/web"), "hosts: [ " + web + " ]\n");
        Files.writeString(folder.resolve("inv/groups/db"), "hosts: [ d1, d2, d3, d4 ]\n");
        Files.writeString(folder.resolve("inv/groups/web_wk"), "hosts: [ w1, w2, w3 ]\n");
        Files.writeString(folder.resolve("inv/groups/db_wk"), "hosts: [ w4 ]\n");
        Files.writeString(
                folder.resolve("workers.yml"),
                "workers:\n  map: [ { from: web, to: web_wk }, { from: db, to: db_wk } ]\n  threads: 150\n"
                        + settings);
        Files.writeString(
                folder.resolve("pb.yml"),
                "- name: p\n  groups: [ db ]\n  tasks:\n    - !echo\n      msg: hi\n");
    }

    private int runOn(Path folder, String arguments) {
        return run(
                arguments
                        + " --inventory "
                        + folder.resolve("inv")
                        + " --worker-config "
                        + folder.resolve("workers.yml"));
    }

    @Test
    void everyWorkerGroup(@TempDir Path folder) throws IOException {
        site(folder, "");
        assertThat(runOn(folder, "--host-time 5m")).isZero();
        assertThat(out)
                .hasToString(
                        """
                        db_wk: 5m: 4 hosts on 1 worker, at most 4 each, 1 round of 5m (150 threads)
                        web_wk: 10m: 900 hosts on 3 workers, at most 300 each, 2 rounds of 5m (150 threads)
                        """);
    }

    @Test
    void everyWorkerGroupForATime(@TempDir Path folder) throws IOException {
        site(folder, "");
        assertThat(runOn(folder, "--host-time 5m --within 5m")).isZero();
        assertThat(out)
                .asString()
                .contains("web_wk: 6 workers: 900 hosts / 150 per worker")
                .contains("; the group has 3, 3 too few\n");
    }

    @Test
    void aPlaybookChoosesTheHosts(@TempDir Path folder) throws IOException {
        site(folder, "");
        assertThat(runOn(folder, "--host-time 5m --playbook " + folder.resolve("pb.yml"))).isZero();
        assertThat(out).asString().contains("db_wk: 5m: 4 hosts").contains("web_wk: no hosts\n");
    }

    @Test
    void limitsChooseTheHosts(@TempDir Path folder) throws IOException {
        site(folder, "");
        assertThat(runOn(folder, "--host-time 5m --limit-hosts web1:web2:d1")).isZero();
        assertThat(out).asString().contains("db_wk: 5m: 1 host ").contains("web_wk: 5m: 2 hosts ");
    }

    @Test
    void everyWorkerGroupIsWarnedOfABatchSize(@TempDir Path folder) throws IOException {
        site(folder, "  groups: { web_wk: { batch_size: 100 } }\n");
        assertThat(runOn(folder, "--host-time 5m")).isZero();
        assertThat(out)
                .asString()
                .contains(
                        "\n  warning: batch_size 100 leaves 50 of 150 threads of each worker"
                                + " idle: 3 rounds instead of 2\n");
    }

    @Test
    void everyWorkerGroupForPrograms(@TempDir Path folder) throws IOException {
        site(folder, "");
        assertThat(runOn(folder, "--host-time 5m --within 5m --json")).isZero();
        JsonNode groups = new ObjectMapper().readTree(out.toString()).get("workerGroups");
        assertThat(groups.get(1).get("workerGroup").asText()).isEqualTo("web_wk");
        assertThat(groups.get(1).get("workers").asInt()).isEqualTo(6);
        assertThat(groups.get(1).get("workersNow").asInt()).isEqualTo(3);
    }
}
