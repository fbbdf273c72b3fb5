package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
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
                        "6 workers: 900 hosts / 150 per worker (150 threads, 1 wave of 5m in 5m) = 6;"
                                + " done in 5m\n");
        assertThat(err).asString().isEmpty();
    }

    @Test
    void oneAndAHalfWorkers() {
        assertThat(run("--hosts 900 --threads 150 --host-time 5m --within 20m")).isZero();
        assertThat(out)
                .hasToString(
                        "2 workers: 900 hosts / 600 per worker (150 threads, 4 waves of 5m in 20m) ="
                                + " 1.5, rounded up; done in 15m\n");
    }

    @Test
    void theOtherWayRound() {
        assertThat(run("--hosts 900 --threads 150 --host-time 5m --workers 2")).isZero();
        assertThat(out)
                .hasToString(
                        "15m: 900 hosts on 2 workers, at most 450 each, 3 waves of 5m (150 threads)\n");
    }

    @Test
    void forPrograms() {
        assertThat(run("--hosts 900 --threads 150 --host-time 5m --within 5m --json")).isZero();
        assertThat(out)
                .hasToString(
                        """
                        {"workers":6,"exactWorkers":6,"within":"5m","hosts":900,"threads":150,\
                        "hostTime":"5m","hostsPerWorker":150,"waves":1,"time":"5m","seconds":300}
                        """);
    }

    @Test
    void theOtherWayRoundForPrograms() {
        assertThat(run("--hosts 900 -t 150 --host-time 5m --workers 2 --json")).isZero();
        assertThat(out)
                .hasToString(
                        """
                        {"workers":2,"hosts":900,"threads":150,"hostTime":"5m","hostsPerWorker":450,\
                        "waves":3,"time":"15m","seconds":900}
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
                        "warning: batch_size 100 leaves 50 of 150 threads of each worker idle: 5 waves"
                                + " in place of 3\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--hosts 900 --host-time 5m --within 2m ; no number of workers is enough: one host"
                        + " alone takes 5m, longer than 2m",
                "--hosts 0 --host-time 5m --within 5m ; hosts must be at least 1, not 0",
                "--hosts 9 -t 0 --host-time 5m --within 5m ; threads must be at least 1, not 0",
                "--hosts 9 --batch-size 0 --host-time 5m --within 5m ; batch size must be at least 1,"
                        + " not 0",
                "--hosts 9 --host-time 5m --workers 0 ; workers must be at least 1, not 0",
                "--hosts 9 --host-time 0s --within 5m ; the time of a host must be from 1s to 36500d,"
                        + " not 0s",
                "--hosts 9 --host-time 5 --within 5m ; Invalid value for option '--host-time': must be"
                        + " a duration such as 90s, 5m, 1h30m or 7d, not '5'",
                "--hosts 9 --host-time 5m ; say either --within (answers with the workers) or --workers"
                        + " (answers with the time)",
                "--host-time 5m --workers 1 ; say --hosts, or --inventory and --worker-config: whose"
                        + " capacity?",
                "--hosts 3000000000 --host-time 5m --workers 1 ; Invalid value for option '--hosts':"
                        + " '3000000000' is not an int"
            })
    void badOptions(String arguments, String message) {
        assertThat(run(arguments)).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString().lines().findFirst()).contains(message);
        assertThat(out).asString().isEmpty();
    }
}
