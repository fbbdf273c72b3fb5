package org.jetfanout.screen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.runner.Outcome.CHANGED;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.NOT_STARTED;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.runner.Outcome.UNFINISHED;
import static org.jetfanout.runner.Outcome.UNREACHABLE;
import static org.jetfanout.testkit.Fixture.GUID;
import static org.jetfanout.testkit.Fixture.result;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.SinkState;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.status.HostReason;
import org.jetfanout.status.RunState;
import org.jetfanout.status.RunStatus;
import org.jetfanout.status.WorkerStatus;
import org.jetfanout.testkit.Fixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SummaryTest {
    @Test
    void saysWhatWentWrongWhereAndWhatToDo() {
        List<String> lines =
                lines(
                        status(
                                result(1, BatchState.ENDED, OK, FAILED, FAILED),
                                result(2, BatchState.LOST, CHANGED, UNREACHABLE, UNREACHABLE),
                                result(3, BatchState.INCOMPLETE, UNFINISHED)));
        assertThat(lines)
                .containsExactly(
                        "run " + GUID + ": ended, 5 of 7 hosts not ok, exit code 6",
                        "  worker            hosts          ok     changed      failed unreachable"
                                + "  unfinished  output      time      state",
                        "  w1                    3           1           0           2           0"
                                + "           0  complete    01:12     ended",
                        "  w2                    3           0           1           0           2"
                                + "           0  complete    01:12     lost",
                        "  w3                    1           0           0           0           0"
                                + "           1  incomplete  01:12     incomplete",
                        "  all workers           7           1           1           2           2"
                                + "           1  incomplete  01:12     ended",
                        "w2, batch 0002, lost: why lost",
                        "w3, batch 0003, incomplete: why incomplete",
                        "failed: 2 hosts",
                        "  2 hosts: h1-2,h1-3",
                        "    rc 2: no such file",
                        "unreachable: 2 hosts",
                        "  2 hosts: h2-2,h2-3",
                        "    SSH failed for <host>:22",
                        "unfinished: 1 host",
                        "  h3-1",
                        "    no result",
                        "record: /runs/r",
                        "to retry the hosts that are not ok: jet-fanout rerun "
                                + GUID
                                + " --failed --unreachable --lost");
    }

    @Test
    void whatWorkersWaitForIsSaidOnce() {
        String why = "waiting for other workers before play 'app'";
        List<WorkerStatus> workers =
                Stream.of("w1", "w2")
                        .map(
                                name ->
                                        new WorkerStatus(
                                                name,
                                                BatchState.WAITING,
                                                "0001",
                                                Counts.NONE,
                                                List.of(),
                                                true,
                                                Optional.empty(),
                                                why))
                        .toList();
        assertThat(
                        lines(
                                new RunStatus(
                                        GUID,
                                        RunState.RUNNING,
                                        OptionalInt.empty(),
                                        Counts.NONE,
                                        workers)))
                .containsOnlyOnce("2 workers: " + why)
                .noneMatch(line -> line.startsWith("w1, batch"));
    }

    @Test
    void hostsThatNobodyBeganHaveAColumnOfTheirOwn() {
        assertThat(
                        lines(
                                status(
                                        result(1, BatchState.ENDED, OK, FAILED),
                                        result(2, BatchState.ENDED, NOT_STARTED, NOT_STARTED))))
                .containsExactly(
                        "run " + GUID + ": ended, 3 of 4 hosts not ok, exit code 2",
                        "  worker            hosts          ok     changed      failed unreachable"
                                + "  unfinished not started  output      time      state",
                        "  w1                    2           1           0           1           0"
                                + "           0           0  complete    01:12     ended",
                        "  w2                    2           0           0           0           0"
                                + "           0           2  complete    01:12     ended",
                        "  all workers           4           1           0           1           0"
                                + "           0           2  complete    01:12     ended",
                        "failed: 1 host",
                        "  h1-2",
                        "    rc 2: no such file",
                        "not started: 2 hosts",
                        "  2 hosts: h2-1,h2-2",
                        "    no result",
                        "record: /runs/r",
                        "to retry the hosts that are not ok: jet-fanout rerun "
                                + GUID
                                + " --failed --not-started");
    }

    @Test
    void aGoodRunIsShort() {
        assertThat(lines(status(Fixture.allOk(1, 3))))
                .hasSize(5)
                .startsWith("run " + GUID + ": ended, all 3 hosts ok, exit code 0")
                .endsWith("record: /runs/r");
    }

    @ParameterizedTest
    @ValueSource(ints = {68, 544, 716, 2732}) // ed25519, RSA of 3072, 4096 and 16384 bits
    void theLineToAddToKnownHostsIsWhole(int length) {
        String line = "worker w1: host key unknown: add this line to known_hosts: [w1]:22 ssh-rsa ";
        String reason = line + "A".repeat(length) + "=END";
        BatchResult refused =
                new BatchResult(
                        "0001",
                        "w1",
                        BatchState.REFUSED,
                        OptionalInt.empty(),
                        false,
                        List.of(new HostResult("h1", UNREACHABLE, reason)),
                        Instant.EPOCH,
                        Instant.EPOCH,
                        reason);
        assertThat(lines(status(refused)))
                .filteredOn(text -> text.endsWith("A=END"))
                .hasSize(2)
                .allMatch(text -> text.contains(line));
    }

    @Test
    void aThousandWorkersStayShort() {
        BatchResult[] results = new BatchResult[1000];
        for (int i = 0; i < results.length; i++) {
            results[i] =
                    i % 100 == 7
                            ? result(i + 1, BatchState.ENDED, OK, FAILED)
                            : Fixture.allOk(i + 1, 2);
        }
        List<String> lines = lines(status(results));
        assertThat(lines).hasSizeLessThan(30);
        assertThat(lines).filteredOn(line -> line.startsWith("  w")).hasSize(1 + 10);
        assertThat(lines).anyMatch(line -> line.startsWith("  all 1000 "));
    }

    @Test
    void aThousandTroubledWorkersWithAReasonEachStayShort() {
        BatchResult[] results = new BatchResult[1000];
        for (int i = 0; i < results.length; i++) {
            List<HostResult> hosts = new ArrayList<>();
            for (int host = 0; host < 100; host++) {
                hosts.add(
                        new HostResult(
                                "host-" + i + "-" + host, FAILED, "reason " + i + "x".repeat(440)));
            }
            results[i] =
                    new BatchResult(
                            "" + (i + 1),
                            "w" + i,
                            BatchState.LOST,
                            OptionalInt.empty(),
                            true,
                            hosts,
                            Fixture.START,
                            Fixture.START,
                            "gone");
        }
        List<String> lines = lines(status(results));
        assertThat(lines).hasSizeLessThan(200);
        assertThat(lines).allMatch(line -> line.length() < 500);
        assertThat(lines).contains("  … and 960 more workers with trouble");
        assertThat(lines).contains("    … for 990 other reasons: see results.ndjson");
        assertThat(lines).anyMatch(line -> line.matches(" {2}99000 hosts: host-.*,…"));
    }

    @Test
    void remoteTextIsHarmless() {
        BatchResult hostile =
                new BatchResult(
                        "0001",
                        "w\u001b[2J",
                        BatchState.LOST,
                        OptionalInt.empty(),
                        true,
                        List.of(
                                new HostResult(
                                        "h\u001b]0;x\u0007\n", FAILED, "\u001b[8mr\u202e\n\u009b")),
                        Fixture.START,
                        Fixture.START,
                        "\u001b[31mgone\u0007");
        assertThat(String.join("", lines(status(hostile))))
                .doesNotContainPattern("[\\x00-\\x1f\\x7f-\\x9f\u202e]");
    }

    /** Hosts whose turn is still to come are in no trouble. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, '0 of 40 hosts done'",
        "12, 0, '12 of 40 hosts done'",
        "12, 3, '15 of 40 hosts done, 3 of them failed or unreachable'"
    })
    void aRunThatGoesOnSaysHowFarItIs(int ok, int failed, String verdict) {
        Counts counts = new Counts(40, ok, 0, failed, 0, 40 - ok - failed);
        List<String> lines =
                lines(
                        new RunStatus(
                                GUID,
                                RunState.RUNNING,
                                OptionalInt.empty(),
                                counts,
                                List.of(
                                        new WorkerStatus(
                                                "w1",
                                                BatchState.RUNNING,
                                                "0001",
                                                counts,
                                                List.of(),
                                                true,
                                                Optional.empty(),
                                                ""))));
        assertThat(lines.get(0)).isEqualTo("run " + GUID + ": running, " + verdict);
        assertThat(lines).noneMatch(line -> line.contains("complete") || line.contains("not ok"));
        assertThat(lines).filteredOn(line -> line.contains(" so far ")).hasSize(2);
    }

    @Test
    void aRunThatLostAJobThatMayBeThereCanBeResumed() {
        Counts counts = Counts.waiting(3);
        RunStatus status =
                new RunStatus(
                        GUID,
                        RunState.ENDED,
                        OptionalInt.of(4),
                        counts,
                        List.of(
                                new WorkerStatus(
                                        "w1",
                                        BatchState.LOST,
                                        "0001",
                                        counts,
                                        List.of(),
                                        false,
                                        Optional.empty(),
                                        "no key accepted",
                                        true,
                                        false)));
        assertThat(lines(status))
                .anyMatch(
                        line ->
                                line.startsWith(
                                        "to continue: jet-fanout resume " + GUID + " (1 job "))
                .endsWith(
                        "to retry the hosts that are not ok: jet-fanout rerun " + GUID + " --lost");
    }

    @Test
    void anInterruptedRunCanBeResumed() {
        RunStatus status =
                new RunStatus(
                        GUID,
                        RunState.INTERRUPTED,
                        OptionalInt.empty(),
                        Counts.waiting(3),
                        List.of());
        assertThat(lines(status))
                .startsWith("run " + GUID + ": interrupted, 3 of 3 hosts not ok")
                .endsWith("to continue: jet-fanout resume " + GUID);
    }

    @Test
    void aSinkThatIsBehindIsNamedWithTheCommandThatDelivers() {
        SinkStatus done =
                new SinkStatus("file", SinkState.DONE, "", 12, 12, 0, 0, 0, 0, Optional.empty());
        SinkStatus away =
                new SinkStatus(
                        "es",
                        SinkState.WAITING,
                        "Connection \u001b[31mrefused",
                        1_000_000,
                        7,
                        3,
                        2,
                        1,
                        3 << 20,
                        Optional.of(Instant.now().minusSeconds(90)));
        List<String> lines = lines(status(Fixture.allOk(1, 3)).withSinks(List.of(away, done)));
        assertThat(lines)
                .anyMatch(
                        line ->
                                line.matches(
                                        " {2}sink +read +delivered +retried +refused +dropped "
                                                + " backlog +state"))
                .anyMatch(
                        line ->
                                line.matches(
                                        " {2}es +1000000 +7 +3 +2 +1  3\\.0 MB +waiting, oldest"
                                                + " 1m3\\ds ago: Connection refused"))
                .anyMatch(line -> line.matches(" {2}file +12 +12 +0 +0 +0  0 B +done"))
                .endsWith(
                        "not delivered to es. To ship the rest: jet-fanout logs "
                                + GUID
                                + " --ship");
        assertThat(lines(status(Fixture.allOk(1, 3)).withSinks(List.of(done))))
                .noneMatch(line -> line.contains("--ship"));
    }

    @Test
    void skippedHostsAreCounted() {
        Summary summary =
                new Summary(status(Fixture.allOk(1, 1)), 7, Path.of("/r"), String::valueOf);
        assertThat(summary.lines())
                .contains("7 hosts skipped: they are in no group of the worker map");
    }

    private static List<String> lines(RunStatus status) {
        return new Summary(status, 0, Path.of("/runs/r"), hosts -> String.join(",", hosts)).lines();
    }

    private static RunStatus status(BatchResult... results) {
        List<WorkerStatus> workers = new ArrayList<>();
        Counts totals = Counts.NONE;
        for (BatchResult result : results) {
            totals = totals.plus(result.counts());
            workers.add(
                    new WorkerStatus(
                            result.worker(),
                            result.state(),
                            result.batch(),
                            result.counts(),
                            result.hosts().stream()
                                    .filter(host -> isTrouble(host.outcome()))
                                    .map(
                                            host ->
                                                    new HostReason(
                                                            host.host(),
                                                            host.outcome(),
                                                            host.reason()))
                                    .toList(),
                            result.complete(),
                            Optional.of(result.time()),
                            result.reason()));
        }
        return new RunStatus(
                GUID,
                RunState.ENDED,
                OptionalInt.of(RunStatus.exitCode(workers).code()),
                totals,
                workers);
    }

    private static boolean isTrouble(Outcome outcome) {
        return outcome != OK && outcome != CHANGED;
    }
}
