package org.jetfanout.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.runner.Outcome.CHANGED;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.NOT_STARTED;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.runner.Outcome.UNFINISHED;
import static org.jetfanout.runner.Outcome.UNREACHABLE;
import static org.jetfanout.testkit.Fixture.GUID;
import static org.jetfanout.testkit.Fixture.allOk;
import static org.jetfanout.testkit.Fixture.frame;
import static org.jetfanout.testkit.Fixture.plan;
import static org.jetfanout.testkit.Fixture.result;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.ExitCode;
import org.jetfanout.logs.Undelivered;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.People;
import org.jetfanout.record.RecordStream;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.SinkFolder;
import org.jetfanout.record.SinkState;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.runner.OutcomesSoFar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStatusTest {
    @TempDir Path runs;

    @Test
    void hasExactlyThePromisedShape() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(2, 3));
            record.storeResult(result(1, BatchState.ENDED, OK, FAILED));
            record.storeResult(result(2, BatchState.LOST, CHANGED, UNREACHABLE, UNFINISHED));
            assertThat(json(RunStatus.of(record)))
                    .isEqualTo(
                            "{'guid':'"
                                    + GUID
                                    + "','state':'ended','exitCode':6,'totals':{'hosts':5,'ok':1,"
                                    + "'changed':1,'failed':1,'unreachable':1,'unfinished':1,"
                                    + "'notStarted':0},"
                                    + "'workers':[{'worker':'w1','state':'ended','batch':'0001',"
                                    + "'hosts':2,'ok':1,'changed':0,'failed':1,'unreachable':0,"
                                    + "'unfinished':0,'notStarted':0,"
                                    + "'failedHosts':[{'host':'h1-2','reason':"
                                    + "'rc 2: no such file'}]},"
                                    + "{'worker':'w2','state':'lost','batch':'0002',"
                                    + "'hosts':3,'ok':0,'changed':1,'failed':0,'unreachable':1,"
                                    + "'unfinished':1,'notStarted':0,"
                                    + "'failedHosts':[{'host':'h2-2','reason':"
                                    + "'SSH failed for h2-2:22'},"
                                    + "{'host':'h2-3','reason':'no result'}]}]}");
        }
    }

    @Test
    void whoDidWhatIsInTheJsonOfTheCommand() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(1));
            RunStatus status = RunStatus.of(record);
            assertThat(json(status, record)).isEqualTo(json(status));
            People.note(record.folder(), "ann\u001b", "started");
            Files.writeString(
                    record.file(RunFile.PEOPLE),
                    "{'time':\n{'time':'2026-01-02T03:04:05Z','who':'bob','what':'cancelled'}\n"
                            .replace('\'', '"'),
                    StandardOpenOption.APPEND);
            assertThat(json(status, record))
                    .matches(
                            ".*,'people':\\[\\{'time':'2[^']+Z','who':'ann\\\\u001[Bb]','what':'started'},"
                                    + "\\{'time':'2026-01-02T03:04:05Z','who':'bob',"
                                    + "'what':'cancelled'}]}");
            // the final status is that of the run itself
            assertThat(json(status)).doesNotContain("people");
        }
    }

    @Test
    void hostsThatNobodyBeganAreCountedAndNamed() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(2, 2));
            record.storeResult(result(1, BatchState.ENDED, OK, CHANGED));
            record.storeResult(result(2, BatchState.ENDED, OK, NOT_STARTED));
        }
        try (RunRecord record = RunRecord.at(runs.resolve(GUID))) {
            RunStatus status = RunStatus.of(record);
            assertThat(status.totals()).isEqualTo(new Counts(4, 2, 1, 0, 0, 0, 1));
            assertThat(status.exitCode()).hasValue(ExitCode.UNREACHABLE.code());
            assertThat(status.workers().get(1).failedHosts())
                    .extracting(HostReason::host)
                    .containsExactly("h2-2");
            assertThat(json(status)).contains("'notStarted':1");
        }
    }

    /** They are untouched, so the failed ones are all that the exit code tells of. */
    @Test
    void hostsThatNobodyBeganDoNotHideWhatFailed() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(2, 2));
            record.storeResult(result(1, BatchState.ENDED, OK, FAILED));
            record.storeResult(result(2, BatchState.NOT_STARTED, NOT_STARTED, NOT_STARTED));
        }
        try (RunRecord record = RunRecord.at(runs.resolve(GUID))) {
            assertThat(RunStatus.of(record).exitCode()).hasValue(ExitCode.FAILED.code());
        }
    }

    @Test
    void sinksStandWithTheirCounters() throws IOException {
        Instant since = Instant.parse("2026-01-02T03:04:05Z");
        SinkStatus counted =
                new SinkStatus(
                        "es", SinkState.WAITING, "429", 9, 5, 4, 1, 2, 77, Optional.of(since));
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(1, 1));
            record.append(frame(1, 0, "one\ntwo\n"));
            try (SinkFolder sink = record.sinks().open("es")) {
                sink.storeStatus(counted);
            }
            // whoever looks from outside while the run goes on sees what its process counted
            assertThat(json(RunStatus.of(new Runs(runs).open(GUID))))
                    .endsWith(
                            "'sinks':[{'sink':'es','state':'waiting','reason':'429','read':9,"
                                    + "'delivered':5,'retried':4,'refused':1,'dropped':2,"
                                    + "'backlog':77,'oldest':'2026-01-02T03:04:05Z'}]}");
        }
        // whatever its process counted last: two lines are not delivered
        SinkStatus left = RunStatus.of(new Runs(runs).open(GUID)).sinks().get(0);
        assertThat(left.backlog()).isEqualTo(8);
        assertThat(left.delivered()).isEqualTo(5);
        try (RunRecord record = new Runs(runs).open(GUID)) {
            record.own();
            try (SinkFolder sink = record.sinks().open("es")) {
                sink.storePositions(Map.of(new RecordStream("0001", RecordStream.OUTPUT), 4L));
                assertThat(sink.status()).isEqualTo(counted);
            }
            assertThat(record.sinks().statuses().get(0).backlog()).isEqualTo(4);
            assertThat(Undelivered.count(record, "es")).isEqualTo(1);
        }
    }

    @Test
    void whatAWorkerWaitsForIsInTheJson() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(3, 3));
            for (int n = 1; n <= 2; n++) {
                record.storeState("000" + n, "w" + n, BatchState.WAITING, "waiting for others");
            }
            RunStatus status = RunStatus.of(new Runs(runs).open(GUID));
            assertThat(json(status)).contains("'state':'waiting','batch':'0002','detail':'waiting");
        }
    }

    @Test
    void aRunThatStillRunsHasNoExitCodeAndBlamesNobody() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            assertThat(RunStatus.of(record).state()).isEqualTo(RunState.PLANNING);
            record.storePlan(plan(2, 3));
            record.storeState("0001", "w1", BatchState.CONNECTING, "");
            record.storeState("0001", "w1", BatchState.RUNNING, "");
            record.storeTallies(Map.of("0001", new Counts(2, 1, 0, 0, 0, 1)));
            RunStatus status = RunStatus.of(new Runs(runs).open(GUID));
            assertThat(status.state()).isEqualTo(RunState.RUNNING);
            assertThat(status.exitCode()).isEmpty();
            assertThat(status.totals()).isEqualTo(new Counts(5, 1, 0, 0, 0, 4));
            assertThat(status.workers().get(0).state()).isEqualTo(BatchState.RUNNING);
            assertThat(status.workers().get(1).state()).isEqualTo(BatchState.QUEUED);
            assertThat(status.workers()).allMatch(worker -> worker.failedHosts().isEmpty());
            assertThat(json(status)).contains("'exitCode':null");
        }
    }

    @Test
    void hostsThatFailedAreNamedWhileTheirBatchRuns() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(2, 3));
            record.storeState("0001", "w1", BatchState.RUNNING, "");
            record.storeState("0002", "w2", BatchState.RUNNING, "");
            record.storeTallies(Map.of("0002", new Counts(3, 0, 1, 1, 1, 0)));
            record.storeOutcomes(
                    Map.of(
                            "0002",
                            new OutcomesSoFar("fuc"),
                            // of another plan
                            "0001",
                            new OutcomesSoFar("fff")));
            RunStatus status = RunStatus.of(new Runs(runs).open(GUID));
            assertThat(status.workers().get(0).failedHosts()).isEmpty();
            assertThat(status.workers().get(1).failedHosts())
                    .containsExactly(
                            new HostReason("h2-1", FAILED, HostReason.SO_FAR),
                            new HostReason("h2-2", UNREACHABLE, HostReason.SO_FAR));
            assertThat(status.soFar()).containsOnly(Map.entry("0002", new OutcomesSoFar("fuc")));
            assertThat(status.withSinks(List.of()).soFar()).isEqualTo(status.soFar());
            record.storeResult(result(2, BatchState.ENDED, OK, FAILED, OK));
            status = RunStatus.of(new Runs(runs).open(GUID));
            assertThat(status.workers().get(1).failedHosts())
                    .extracting(HostReason::host)
                    .containsExactly("h2-2");
            assertThat(status.workers().get(1).failedHosts())
                    .noneMatch(host -> host.reason().equals(HostReason.SO_FAR));
            assertThat(status.soFar()).isEmpty();
        }
        // nobody works on it any more: what was told so far is no result
        try (RunRecord record = new Runs(runs).open(GUID)) {
            assertThat(RunStatus.of(record).workers().get(0).failedHosts())
                    .allMatch(host -> host.outcome() == UNFINISHED);
        }
    }

    private static BatchResult lost(int number, boolean resumable) {
        BatchResult result = result(number, BatchState.LOST, OK, UNFINISHED);
        return new BatchResult(
                result.batch(),
                result.worker(),
                result.state(),
                OptionalInt.empty(),
                false,
                result.hosts(),
                result.started(),
                result.ended(),
                result.reason(),
                resumable,
                false);
    }

    /** Its result is only the last one so far: what comes after it counts. */
    @Test
    void aBatchThatIsTakenUpAgainAfterItWasLost() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(2, 2));
            record.storeState("0001", "w1", BatchState.RUNNING, "");
            record.storeResult(lost(1, true));
            record.storeState("0002", "w2", BatchState.RUNNING, "");
            record.storeResult(lost(2, false));
            RunStatus ended = RunStatus.of(record);
            assertThat(ended.state()).isEqualTo(RunState.ENDED);
            assertThat(ended.exitCode()).hasValue(4);
            assertThat(ended.resumable()).isOne();
            assertThat(record.isResumable("0001")).isTrue();
            assertThat(record.isResumable("0002")).isFalse();
            assertThat(RunStatus.canGoOn(record)).isTrue();
            record.storeSummary(ended::writeTo);
            assertThat(RunStatus.canGoOn(record)).isTrue();

            record.reopen();
            record.storeState("0001", "w1", BatchState.CONNECTING, "");
            RunStatus again = RunStatus.of(record);
            assertThat(again.state()).isEqualTo(RunState.RUNNING);
            assertThat(again.exitCode()).isEmpty();
            assertThat(again.totals()).isEqualTo(new Counts(4, 2, 0, 0, 0, 2));
            assertThat(again.workers().get(0).state()).isEqualTo(BatchState.CONNECTING);
            assertThat(again.workers().get(1).state()).isEqualTo(BatchState.LOST);

            record.storeResult(result(1, BatchState.ENDED, OK, OK));
            RunStatus done = RunStatus.of(record);
            assertThat(done.state()).isEqualTo(RunState.ENDED);
            assertThat(done.resumable()).isZero();
            assertThat(done.totals()).isEqualTo(new Counts(4, 3, 0, 0, 0, 1));
            assertThat(record.isResumable("0001")).isFalse();
            // a process may have ended between the last result and the final status
            assertThat(RunStatus.canGoOn(record)).isTrue();
            record.storeSummary(done::writeTo);
            assertThat(RunStatus.canGoOn(record)).isFalse();
        }
    }

    /** A crash between the result and its state. */
    @Test
    void aLostBatchIsInterruptedWhereNobodyTookItToItsEnd() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(2));
            record.storeResult(lost(1, true));
            record.storeState("0001", "w1", BatchState.RUNNING, "");
        }
        RunStatus status = RunStatus.of(new Runs(runs).open(GUID));
        assertThat(status.state()).isEqualTo(RunState.INTERRUPTED);
        assertThat(status.workers().get(0).failedHosts()).hasSize(1);
    }

    /** After resume, too, it counts from its first start. */
    @Test
    void batchesBeganWhenTheyWereTakenUpFirst() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(2, 2, 2));
            record.storeState("0001", "w1", BatchState.CONNECTING, "");
            Instant first = RunStatus.startTimes(record).get("0001");
            record.storeState("0001", "w1", BatchState.RECONNECTING, "");
            record.storeState("0002", "w2", BatchState.QUEUED, "was for w1");
            assertThat(RunStatus.startTimes(record)).containsOnlyKeys("0001").containsValue(first);
        }
    }

    @Test
    void theRoutesAreAtFaultUnlessTheRunWasCutShort() {
        for (int code : new int[] {0, 2, 3, 4, 6, 124, 130}) {
            RunStatus status =
                    new RunStatus(
                            GUID, RunState.ENDED, OptionalInt.of(code), Counts.NONE, List.of());
            assertThat(status.misconfigured().exitCode()).hasValue(code >= 124 ? code : 78);
        }
    }

    @Test
    void anInterruptedRunNamesTheHostsWithoutResult() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(2, 3));
            record.storeResult(allOk(1, 2));
            record.storeState("0002", "w2", BatchState.RUNNING, "");
            record.storeTallies(Map.of("0002", new Counts(3, 2, 0, 0, 0, 1)));
        }
        RunStatus status = RunStatus.of(new Runs(runs).open(GUID));
        assertThat(status.state()).isEqualTo(RunState.INTERRUPTED);
        assertThat(status.exitCode()).isEmpty();
        assertThat(status.totals()).isEqualTo(new Counts(5, 2, 0, 0, 0, 3));
        assertThat(status.workers().get(1).failedHosts())
                .extracting(HostReason::host)
                .containsExactly("h2-1", "h2-2", "h2-3");
    }

    @Test
    void aLastStateWithoutItsResultIsNotTheEnd() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(1));
            record.storeState("0001", "w1", BatchState.RUNNING, "");
            record.storeState("0001", "w1", BatchState.ENDED, "");
        }
        assertThat(RunStatus.of(new Runs(runs).open(GUID)).state()).isEqualTo(RunState.INTERRUPTED);
    }

    @Test
    void theStoredExitCodeCounts() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storeSummary(RunStatus.withoutPlan(GUID, ExitCode.CONFIGURATION)::writeTo);
        }
        RunStatus status = RunStatus.of(new Runs(runs).open(GUID));
        assertThat(status.state()).isEqualTo(RunState.ENDED);
        assertThat(status.exitCode()).hasValue(78);
    }

    @Test
    void aRunThatEndedKeepsItsTimesAndReasons() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(1));
            record.storeResult(result(1, BatchState.INCOMPLETE, OK));
            WorkerStatus worker = RunStatus.of(record).workers().get(0);
            assertThat(worker.time().orElseThrow()).hasSeconds(72);
            assertThat(worker.reason()).isEqualTo("why incomplete");
            assertThat(worker.complete()).isFalse();
        }
    }

    @Test
    void noHostsIsOk() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan());
            assertThat(RunStatus.of(record).exitCode()).hasValue(0);
        }
    }

    @Test
    void exitCodesComeFromTheHosts() {
        assertThat(exit(allOk(1, 2))).isEqualTo(ExitCode.OK);
        assertThat(exit(result(1, BatchState.ENDED, CHANGED))).isEqualTo(ExitCode.OK);
        assertThat(exit(result(1, BatchState.ENDED, FAILED))).isEqualTo(ExitCode.FAILED);
        assertThat(exit(result(1, BatchState.ENDED, UNREACHABLE))).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(exit(result(1, BatchState.ENDED, UNFINISHED))).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(exit(result(1, BatchState.LOST, OK))).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(exit(result(1, BatchState.REFUSED, UNFINISHED))).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(exit(result(1, BatchState.ENDED, FAILED, UNFINISHED)))
                .isEqualTo(ExitCode.FAILED_AND_UNREACHABLE);
        assertThat(
                        exit(
                                result(1, BatchState.ENDED, FAILED),
                                result(2, BatchState.LOST, UNFINISHED)))
                .isEqualTo(ExitCode.FAILED_AND_UNREACHABLE);
        assertThat(exit(result(1, BatchState.REJECTED, UNFINISHED), allOk(2, 1)))
                .isEqualTo(ExitCode.CONFIGURATION);
        assertThat(
                        exit(
                                result(1, BatchState.REJECTED, UNFINISHED),
                                result(2, BatchState.ENDED, FAILED)))
                .isEqualTo(ExitCode.FAILED_AND_UNREACHABLE);
        assertThat(
                        exit(
                                result(1, BatchState.REJECTED, UNFINISHED),
                                result(2, BatchState.LOST, UNFINISHED)))
                .isEqualTo(ExitCode.UNREACHABLE);
        assertThat(
                        exit(
                                result(1, BatchState.REJECTED, UNFINISHED),
                                result(2, BatchState.CANCELLED, UNFINISHED)))
                .isEqualTo(ExitCode.INTERRUPTED);
        assertThat(exit(allOk(1, 1), result(2, BatchState.INCOMPLETE, OK)))
                .isEqualTo(ExitCode.INCOMPLETE);
        assertThat(exit(result(1, BatchState.INCOMPLETE, FAILED))).isEqualTo(ExitCode.FAILED);
        assertThat(
                        exit(
                                result(1, BatchState.TIMED_OUT, UNFINISHED),
                                result(2, BatchState.ENDED, FAILED)))
                .isEqualTo(ExitCode.DEADLINE);
        assertThat(
                        exit(
                                result(1, BatchState.TIMED_OUT, UNFINISHED),
                                result(2, BatchState.CANCELLED, UNFINISHED)))
                .isEqualTo(ExitCode.INTERRUPTED);
    }

    private static ExitCode exit(BatchResult... results) {
        return RunStatus.exitCode(
                java.util.Arrays.stream(results)
                        .map(
                                result ->
                                        new WorkerStatus(
                                                result.worker(),
                                                result.state(),
                                                result.batch(),
                                                result.counts(),
                                                List.of(),
                                                result.complete(),
                                                Optional.of(result.time()),
                                                ""))
                        .toList());
    }

    private static String json(RunStatus status) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        status.writeTo(bytes);
        return bytes.toString(StandardCharsets.UTF_8).strip().replace('"', '\'');
    }

    private static String json(RunStatus status, RunRecord record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        status.writeTo(bytes, record);
        return bytes.toString(StandardCharsets.UTF_8).strip().replace('"', '\'');
    }
}
