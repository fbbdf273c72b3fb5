package org.jetfanout.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.jetfanout.JetHeaders;
import org.jetfanout.dispatch.QueueWatch;
import org.jetfanout.dispatch.RouteTroubles;
import org.jetfanout.dispatch.RunDispatch;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.pack.Bundles;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunRecord;
import org.jetfanout.run.camel.RouteBed;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.screen.ScreenOptions;
import org.jetfanout.site.workers.RolloutRules;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.status.Progress;
import org.jetfanout.testkit.FullQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged gate, between the first wave of a run, which has ended, and the second. */
class GateRoutesTest {
    private static final String GUID = "11111111-2222-3333-4444-555555555555";
    private static final Worker WORKER = new Worker("w1", "wk", "192.0.2.1", 22, "fan");
    private static final Batch FIRST = new Batch("0001", WORKER, List.of("h1", "h2"), 1);
    private static final Batch SECOND = new Batch("0002", WORKER, List.of("h3"), 2);
    private static final Plan PLAN = new Plan(GUID, List.of(FIRST, SECOND), List.of());

    @TempDir private Path folder;
    private final List<String> said = new CopyOnWriteArrayList<>();
    private Instant now = Instant.parse("2026-11-29T23:00:00Z");
    private RunRecord record;
    private RunDispatch dispatch;
    private Rollout rollout;
    private RunFeed feed;

    @BeforeEach
    void make() {
        record = RunRecord.create(folder.resolve("runs"), GUID);
    }

    @AfterEach
    void close() {
        dispatch.close();
        record.close();
    }

    /** What the first wave has left, and another process goes on with. */
    private void begin(Map<String, String> rules, Outcome... outcomes) throws IOException {
        if (record.rollout().isEmpty()) {
            record.storeRollout(RolloutState.of(RolloutRules.of(rules), 2).withWave(1));
        }
        Bundles bundles = new Bundles(Files.createDirectories(folder.resolve("bundles")));
        for (Batch batch : PLAN.batches()) {
            bundles.store(
                    BatchMessage.of(
                            GUID,
                            batch,
                            List.of("jetp"),
                            Map.of(),
                            List.of(),
                            false,
                            WorkerSettings.defaults(),
                            ShownKeys.named(List.of()),
                            List.of(),
                            List.of(),
                            java.util.Optional.empty()));
        }
        record.storePlan(PLAN);
        Progress progress = new Progress();
        rollout = new Rollout(record, () -> now);
        feed = new RunFeed(record, List.of(progress, rollout));
        dispatch =
                new RunDispatch(
                        record,
                        feed,
                        progress,
                        bundles,
                        new RouteTroubles(
                                new ScreenOptions(
                                                false,
                                                true,
                                                Optional.empty(),
                                                folder,
                                                String::valueOf)
                                        .open(Map.of(), progress),
                                said::add));
        feed.tell(new RunEvent.Planned(PLAN));
        if (outcomes.length > 0) {
            feed.tell(new RunEvent.Result(result(outcomes)));
        }
        Plan open = PLAN.wave(2);
        dispatch.begin(
                open,
                new QueueWatch(new FullQueue(), "q", Duration.ofMinutes(5), ids -> {}),
                rollout);
        rollout.begin(open, dispatch, feed);
    }

    private BatchResult result(Outcome... outcomes) {
        List<HostResult> hosts = new ArrayList<>();
        for (int i = 0; i < outcomes.length; i++) {
            hosts.add(new HostResult("h" + (i + 1), outcomes[i], ""));
        }
        return new BatchResult(
                "0001", "w1", BatchState.ENDED, OptionalInt.of(0), true, hosts, now, now, "");
    }

    private Exchange pass() throws Exception {
        Map<String, Object> beans = new HashMap<>(new GateSteps(rollout, said::add).beans());
        try (RouteBed gate = new RouteBed(beans, Map.of(), List.of("gate"))) {
            return gate.start()
                    .send("direct:gate", "", sent -> sent.setProperty(JetHeaders.WAVES, rollout));
        }
    }

    private String stopped() {
        return record.rollout().orElseThrow().stopped();
    }

    /** The outcome that the host of the second wave has after it. */
    private Outcome second() throws IOException {
        rollout.next();
        return record.results().hosts("0002").get(0).outcome();
    }

    @Test
    void withoutRulesNothingStandsBeforeAWave() throws Exception {
        begin(Map.of("waves", "2"), Outcome.OK, Outcome.FAILED);
        assertThat(rollout.isGated()).isTrue();
        Exchange exchange = pass();
        assertThat(exchange.getMessage().getHeader(JetHeaders.WAVE)).isEqualTo(2);
        assertThat(exchange.getMessage().getHeader(JetHeaders.FAILED)).isEqualTo(1);
        assertThat(exchange.getMessage().getHeader(JetHeaders.GUID)).isEqualTo(GUID);
        assertThat(rollout.next().batches()).containsExactly(SECOND);
        assertThat(rollout.isOpen()).isFalse();
        assertThat(record.rollout().orElseThrow().wave()).isEqualTo(2);
    }

    @Test
    void tooManyFailuresStop() throws Exception {
        begin(Map.of("max_failures", "1"), Outcome.UNREACHABLE, Outcome.UNFINISHED);
        assertThat(stopped()).isEqualTo("2 hosts failed, limit 1");
        assertThat(rollout.isGated()).isFalse();
        pass();
        assertThat(second()).isEqualTo(Outcome.NOT_STARTED);
        assertThat(dispatch.end().isOver()).isTrue();
    }

    @Test
    void aPercentageIsOfEachWave() throws Exception {
        begin(Map.of("max_failures", "49%"), Outcome.OK, Outcome.FAILED);
        assertThat(stopped()).isEqualTo("1 of the 2 hosts of wave 1 failed, limit 49%");
    }

    @Test
    void theWholePercentageIsAllowed() throws Exception {
        begin(Map.of("max_failures", "50%"), Outcome.OK, Outcome.FAILED);
        assertThat(stopped()).isEmpty();
    }

    @Test
    void aCommandThatSucceedsLetsItGoOn() throws Exception {
        begin(
                Map.of(
                        "between_waves",
                        "echo wave $JET_FANOUT_WAVE of $JET_FANOUT_WAVES, $JET_FANOUT_FAILED of"
                                + " $JET_FANOUT_GUID"),
                Outcome.OK,
                Outcome.FAILED);
        pass();
        assertThat(stopped()).isEmpty();
        assertThat(said).containsExactly("between waves: wave 2 of 2, 1 of " + GUID);
    }

    @Test
    void aCommandThatFailsStops() throws Exception {
        begin(Map.of("between_waves", "exit 3"), Outcome.OK, Outcome.OK);
        pass();
        assertThat(stopped()).isEqualTo("the command of between_waves ended with exit code 3");
        assertThat(second()).isEqualTo(Outcome.NOT_STARTED);
    }

    @Test
    void aCommandThatTakesTooLongIsEnded() throws Exception {
        begin(
                Map.of(
                        "between_waves",
                        "sleep 600 & echo $! >" + folder.resolve("pid") + "; wait",
                        "between_waves_timeout",
                        "0s"),
                Outcome.OK,
                Outcome.OK);
        pass();
        assertThat(stopped()).isEqualTo("the command of between_waves took too long");
    }

    @Test
    void anApprovalThatIsThereIsNotWaitedFor() throws Exception {
        begin(Map.of("approve", "true"), Outcome.OK, Outcome.OK);
        GateRequests.write(record.folder(), GateRequests.Kind.APPROVE, 2);
        pass();
        assertThat(stopped()).isEmpty();
        assertThat(rollout.next().batches()).containsExactly(SECOND);
    }

    @Test
    void anApprovalOfAnotherWaveDoesNotCount() throws Exception {
        begin(Map.of("approve", "true", "approve_timeout", "0s"), Outcome.OK, Outcome.OK);
        GateRequests.write(record.folder(), GateRequests.Kind.APPROVE, 1);
        pass();
        assertThat(stopped()).isEqualTo("nobody approved wave 2 in time");
    }

    /** The time counts from the beginning of the wait, in whatever process that was. */
    @Test
    void anotherProcessGoesOnWaiting() throws Exception {
        begin(Map.of("approve", "true", "approve_timeout", "1h"), Outcome.OK, Outcome.OK);
        record.storeRollout(
                record.rollout()
                        .orElseThrow()
                        .withWait(
                                new RolloutState.Wait(
                                        2,
                                        RolloutState.Kind.APPROVAL,
                                        now.minus(Duration.ofMinutes(61)))));
        dispatch.close();
        begin(Map.of(), Outcome.OK, Outcome.OK);
        pass();
        assertThat(stopped()).isEqualTo("nobody approved wave 2 in time");
    }

    @Test
    void theProcessEndsAtTheGateAndAnotherOneApproves() throws Exception {
        begin(Map.of("approve", "true", "leave_at_gate", "true"), Outcome.OK, Outcome.OK);
        pass();
        assertThat(rollout.isLeftAtGate()).isTrue();
        assertThat(dispatch.end().isOver()).isTrue();
        assertThat(rollout.isOpen()).isFalse();
        assertThat(rollout.next().batches()).isEmpty();
        assertThat(record.rollout().orElseThrow().waits()).isPresent();
        assertThat(record.results().batches()).containsExactly("0001");
        dispatch.close();
        GateRequests.write(record.folder(), GateRequests.Kind.APPROVE, 2);
        begin(Map.of(), Outcome.OK, Outcome.OK);
        pass();
        assertThat(rollout.next().batches()).containsExactly(SECOND);
    }

    @Test
    void aPauseEndsByItself() throws Exception {
        begin(Map.of("pause", "10m"), Outcome.OK, Outcome.OK);
        Thread clock = new Thread(() -> later(Duration.ofMinutes(10)));
        clock.start();
        pass();
        clock.join();
        assertThat(rollout.next().batches()).containsExactly(SECOND);
    }

    private void later(Duration time) {
        while (record.rollout().orElseThrow().waits().isEmpty()) {
            Thread.onSpinWait();
        }
        now = now.plus(time);
    }

    @Test
    void somebodyEndsAPauseAndHoldsTheRun() throws Exception {
        begin(Map.of("pause", "10m"), Outcome.OK, Outcome.OK);
        GateRequests.write(record.folder(), GateRequests.Kind.PAUSE, 1);
        GateRequests.write(record.folder(), GateRequests.Kind.CONTINUE, 2);
        pass();
        assertThat(stopped()).isEmpty();
        GateRequests.write(record.folder(), GateRequests.Kind.PAUSE, 2);
        assertThat(GateRequests.read(record.folder()).isPaused()).isTrue();
    }

    @Test
    void nothingBeginsAfterTheWindow() throws Exception {
        begin(Map.of("not_after", "2026-11-29T23:00:00Z"), Outcome.OK, Outcome.OK);
        pass();
        assertThat(second()).isEqualTo(Outcome.NOT_STARTED);
        assertThat(stopped()).isEqualTo("nothing begins after 2026-11-29T23:00:00Z");
    }

    /** A run that was stopped stays stopped, whoever goes on with it. */
    @Test
    void aStopIsKept() throws Exception {
        begin(Map.of("max_failures", "0"), Outcome.OK, Outcome.FAILED);
        dispatch.close();
        begin(Map.of());
        assertThat(rollout.isGated()).isFalse();
        assertThat(second()).isEqualTo(Outcome.NOT_STARTED);
        assertThat(record.results().hosts("0002").get(0).reason())
                .isEqualTo("the run was stopped: 1 host failed, limit 0");
    }

    @Test
    void aStepOfTheUsersOwnStops() throws Exception {
        begin(Map.of("waves", "2"), Outcome.OK, Outcome.OK);
        try (RouteBed gate =
                new RouteBed(
                        new HashMap<>(new GateSteps(rollout, said::add).beans()),
                        Map.of(),
                        List.of("gate"))) {
            Exchange exchange = gate.start().send("direct:gate", "");
            exchange.getMessage().setBody("the ticket was refused\nby whom");
            new GateSteps(rollout, said::add).stop(exchange);
        }
        assertThat(stopped()).isEqualTo("the ticket was refused");
        assertThat(Files.exists(record.folder().resolve("rollout.json"))).isTrue();
    }
}
