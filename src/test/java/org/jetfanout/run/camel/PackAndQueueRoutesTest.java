package org.jetfanout.run.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.component.mock.MockEndpoint;
import org.jetfanout.ConfigurationException;
import org.jetfanout.JetHeaders;
import org.jetfanout.dispatch.StepWatch;
import org.jetfanout.pack.Bundles;
import org.jetfanout.pack.PackSteps;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.BatchPlays;
import org.jetfanout.plan.Plan;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.QueueSteps;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.testkit.PreparedSite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged routes from the hosts to the queue, which a mock stands in for. */
class PackAndQueueRoutesTest {
    private static final String GUID = "11111111-2222-3333-4444-555555555555";

    @TempDir private Path folder;
    private Bundles bundles;
    private RouteBed routes;
    private MockEndpoint queue;
    private Plan plan;
    private final List<String> told = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        CheckedRequest prepared = PreparedSite.write(folder, "/usr/bin/jetp");
        bundles = new Bundles(folder.resolve("bundles"));
        PackSteps packing =
                prepared.packSteps(GUID, bundles, SshSettings.ofUser(), told::add, warning -> {});
        Map<String, Object> beans = new HashMap<>(prepared.planBeans(GUID));
        beans.putAll(packing.beans());
        beans.putAll(new QueueSteps(GUID, new StepWatch((step, cause) -> {})).beans());
        routes = new RouteBed(beans, Map.of("jet.queue", "q"), List.of("plan", "pack", "queue"));
        queue = routes.mock("queue", "sjms2:*");
        routes.start();
        plan = routes.send("direct:plan", prepared.hosts()).getMessage().getBody(Plan.class);
        packing.packShared(plan.batches().size(), BatchPlays.none());
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    @Test
    void eachBatchIsPackedWithItsMessage() throws Exception {
        routes.send("direct:pack", plan);
        assertThat(plan.batches()).hasSize(2);
        for (Batch batch : plan.batches()) {
            assertThat(bundles.isThere(batch.id())).isTrue();
            assertThat(bundles.message(batch.id()).batch()).isEqualTo(batch);
        }
        assertThat(queue.getExchanges()).isEmpty();
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "packing the files that all batches share",
                        "packing: 1 of 2 batches",
                        "packing: 2 of 2 batches");
    }

    @Test
    void aBatchThatCannotBePackedEndsTheRoute() throws Exception {
        bundles.remove();
        assertThatThrownBy(() -> routes.send("direct:pack", plan)).isNotNull();
        assertThat(bundles.hasMessage("0001")).isFalse();
    }

    @Test
    void aMessageABatchGoesToTheQueue() throws Exception {
        queue.expectedBodiesReceived(plan.batches().stream().map(Batch::id).toList());
        routes.send("direct:queue", plan);
        queue.assertIsSatisfied();
        Exchange first = queue.getExchanges().get(0);
        assertThat(first.getMessage().getHeaders())
                .containsEntry(JetHeaders.GUID, GUID)
                .containsEntry(JetHeaders.BATCH, plan.batches().get(0).id())
                .containsEntry(JetHeaders.WORKER, "w1")
                .containsEntry(JetHeaders.WORKER_GROUP, "wk");
    }

    @Test
    void aQueueThatTakesNothingEndsTheRouteAtOnce() {
        queue.whenAnyExchangeReceived(
                exchange -> {
                    throw new ConfigurationException("full");
                });
        assertThatThrownBy(() -> routes.send("direct:queue", plan))
                .hasRootCauseInstanceOf(ConfigurationException.class);
        assertThat(queue.getExchanges()).hasSize(1);
    }
}
