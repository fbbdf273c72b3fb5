package org.jetfanout.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.component.mock.MockEndpoint;
import org.jetfanout.ConfigurationException;
import org.jetfanout.JetHeaders;
import org.jetfanout.dispatch.QueueWatch;
import org.jetfanout.dispatch.RouteTroubles;
import org.jetfanout.dispatch.RunDispatch;
import org.jetfanout.dispatch.StepWatch;
import org.jetfanout.pack.Bundles;
import org.jetfanout.pack.PackSteps;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunRecord;
import org.jetfanout.rollout.GateSteps;
import org.jetfanout.rollout.Rollout;
import org.jetfanout.rollout.WaveSteps;
import org.jetfanout.run.camel.RouteBed;
import org.jetfanout.screen.Screen;
import org.jetfanout.screen.ScreenOptions;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.Progress;
import org.jetfanout.testkit.FullQueue;
import org.jetfanout.testkit.PreparedSite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged routes that call the chapters in order, and what is said where one is missing. */
class RunRouteTest {
    private static final String GUID = "11111111-2222-3333-4444-555555555555";

    @TempDir private Path folder;
    private CheckedRequest prepared;
    private RunRecord record;
    private Bundles bundles;
    private RouteBed routes;
    private MockEndpoint queue;
    private Progress progress;
    private RunFeed feed;
    private RunDispatch dispatch;
    private Rollout rollout;

    @BeforeEach
    void read() throws Exception {
        prepared = PreparedSite.write(folder, "/usr/bin/jetp");
        record = RunRecord.create(folder.resolve("runs"), GUID);
        bundles = new Bundles(record.folder().resolve("bundles"));
        progress = new Progress();
        Screen screen =
                new ScreenOptions(false, true, Optional.empty(), folder, String::valueOf)
                        .open(Map.of(), progress);
        feed = new RunFeed(record, List.of(progress));
        dispatch =
                new RunDispatch(
                        record, feed, progress, bundles, new RouteTroubles(screen, line -> {}));
        rollout = new Rollout(record, InstantSource.system());
        Map<String, Object> beans = new HashMap<>(prepared.planBeans(GUID));
        PackSteps packing =
                prepared.packSteps(GUID, bundles, SshSettings.ofUser(), screen::doing, line -> {});
        beans.putAll(packing.beans());
        beans.putAll(new QueueSteps(GUID, new StepWatch((step, cause) -> {})).beans());
        beans.putAll(new RunSteps(prepared, record, bundles, packing, screen).beans());
        beans.putAll(new WaveSteps(rollout, dispatch).beans());
        beans.putAll(new GateSteps(rollout, line -> {}).beans());
        routes =
                new RouteBed(
                        beans,
                        Map.of("jet.queue", "q"),
                        List.of("run", "plan", "pack", "queue", "send", "gate"));
        queue = routes.mock("queue", "sjms2:*");
    }

    @AfterEach
    void stop() {
        routes.close();
        dispatch.close();
        record.close();
    }

    @Test
    void plansAndPacksAndSendsNothing() throws Exception {
        routes.start();
        Plan plan = routes.send("direct:run", prepared.hosts()).getMessage().getBody(Plan.class);
        assertThat(plan.batches()).hasSize(2);
        assertThat(record.plan()).contains(plan);
        assertThat(bundles.isPacked()).isTrue();
        assertThat(queue.getExchanges()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"run.planned, run.planned", "run.packShared, run.packShared"})
    void aStepThatIsMissingEndsItBeforeAllIsPacked(String step, String named) throws Exception {
        routes.without("run", step).start();
        assertThatThrownBy(() -> routes.send("direct:run", prepared.hosts()))
                .hasStackTraceContaining(ConfigurationException.class.getName())
                .hasStackTraceContaining("route run did not pass 'ref: " + named + "'");
        assertThat(bundles.isPacked()).isFalse();
    }

    @Test
    void aBatchThatIsNotPackedIsNamed() throws Exception {
        routes.without("pack", "pack.batch").start();
        assertThatThrownBy(() -> routes.send("direct:run", prepared.hosts()))
                .hasStackTraceContaining(ConfigurationException.class.getName())
                .hasStackTraceContaining("route pack did not pack 2 of the batches");
        assertThat(bundles.isPacked()).isFalse();
    }

    @Test
    void nothingIsDispatchedBeforeEachBatchIsQueued() throws Exception {
        routes.start();
        Plan plan = routes.send("direct:run", prepared.hosts()).getMessage().getBody(Plan.class);
        QueueWatch watch =
                new QueueWatch(new FullQueue(), "q", Duration.ofMinutes(5), batches -> {});
        dispatch.begin(plan, watch, rollout);
        rollout.begin(plan, dispatch, feed);
        // a mock is no queue
        assertThatThrownBy(
                        () ->
                                routes.send(
                                        "direct:send",
                                        plan,
                                        sent -> {
                                            sent.setProperty(JetHeaders.PLAN, plan);
                                            sent.setProperty(JetHeaders.WAVES, rollout);
                                        }))
                .hasStackTraceContaining(ConfigurationException.class.getName())
                .hasStackTraceContaining("route queue did not put on the queue 2 of the batches");
        assertThat(queue.getExchanges()).hasSize(2);
    }
}
