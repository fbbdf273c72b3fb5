package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.component.mock.MockEndpoint;
import org.jetfanout.ConfigurationException;
import org.jetfanout.JetHeaders;
import org.jetfanout.pack.Bundles;
import org.jetfanout.pack.PackSteps;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunRecord;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.QueueSteps;
import org.jetfanout.run.RunSteps;
import org.jetfanout.run.camel.RouteBed;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.jetfanout.screen.Screen;
import org.jetfanout.screen.ScreenOptions;
import org.jetfanout.ssh.LocalCommand;
import org.jetfanout.ssh.SshHeaders;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.Progress;
import org.jetfanout.testkit.FullQueue;
import org.jetfanout.testkit.PreparedSite;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.TestUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The packaged dispatch, record and result routes, with their own steps. In place of SSH a shell of
 * this machine runs the jobs; in place of the queue stand the test and a mock.
 */
class DispatchRoutesTest {
    private static final String GUID = "11111111-2222-3333-4444-555555555555";

    private static final String RUNNER =
            """
            #!/bin/sh
            echo begun
            for host in $(cat inventory/groups/* | grep -o 'h[0-9]' | sort -u); do
              printf '{"event":"TASK_STATUS","task":"t","task_status":"IsExecuted","host":"%s"}\\n' $host >>"$JET_LOG"
            done
            echo '{"event":"SUMMARY"}' >>"$JET_LOG"
            """;

    private Path folder;
    private final Progress progress = new Progress();
    private final List<String> told = new ArrayList<>();

    /** What happens to the next exchanges with the worker, before one succeeds. */
    private final List<Exception> troubles = new ArrayList<>();

    /** What the route gets in place of a worker's output; null: that. */
    private Object answer;

    /** The user cancels while the first exchange goes on. */
    private boolean cancels;

    /** The first batch's state as each exchange begins. */
    private final List<BatchState> states = new ArrayList<>();

    private int exchanges;
    private RunRecord record;
    private RunDispatch dispatch;
    private RouteTroubles routeTroubles;
    private RouteBed routes;
    private MockEndpoint queue;
    private Plan plan;

    @BeforeEach
    void read() throws Exception {
        // where the test user may look
        folder = Files.createTempDirectory(Path.of("/tmp"), "jfdispatch");
        Path runner = Programs.write(folder.resolve("runner"), RUNNER);
        CheckedRequest prepared = PreparedSite.write(folder, runner.toString());
        TestUser.own(folder);
        record = RunRecord.create(folder.resolve("runs"), GUID);
        Bundles bundles = new Bundles(record.folder().resolve("bundles"));
        Screen screen =
                new ScreenOptions(false, true, Optional.empty(), folder, String::valueOf)
                        .open(Map.of(), progress);
        routeTroubles = new RouteTroubles(screen, told::add);
        RunFeed feed = new RunFeed(record, List.of(progress, screen));
        dispatch = new RunDispatch(record, feed, progress, bundles, routeTroubles);
        Map<String, Object> beans = new HashMap<>(prepared.planBeans(GUID));
        PackSteps packing =
                prepared.packSteps(GUID, bundles, SshSettings.ofUser(), screen::doing, line -> {});
        beans.putAll(packing.beans());
        beans.putAll(new QueueSteps(GUID, routeTroubles.steps()).beans());
        beans.putAll(new RunSteps(prepared, record, bundles, packing, screen).beans());
        try (RouteBed chapters =
                new RouteBed(
                        beans, Map.of("jet.queue", "q"), List.of("run", "plan", "pack", "queue"))) {
            chapters.mock("queue", "sjms2:*");
            plan =
                    chapters.start()
                            .send("direct:run", prepared.hosts())
                            .getMessage()
                            .getBody(Plan.class);
        }
        feed.tell(new RunEvent.Planned(plan));
        dispatch.begin(
                plan,
                new QueueWatch(new FullQueue(), "q", Duration.ofMinutes(5), ids -> {}),
                batch -> Optional.empty());
        dispatch.wave(plan);
        routes =
                new RouteBed(
                                new HashMap<>(dispatch.beans()),
                                Map.of("jet.queue", "q", "jet.consumers", "1"),
                                List.of("dispatch", "record"))
                        .from("dispatch", "direct:taken")
                        .replace("dispatch", "ssh:worker*", this::exchange);
        queue = routes.mock("result", "sjms2:*");
    }

    @AfterEach
    void stop() throws Exception {
        routes.close();
        dispatch.close();
        record.close();
        new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    }

    /** One connection, which the job's command goes by. */
    private void exchange(Exchange exchange) throws Exception {
        exchanges++;
        states.add(progress.snapshot().batches().get(0).state());
        if (cancels && exchanges == 1) {
            dispatch.end().cancel();
        }
        if (!troubles.isEmpty()) {
            throw troubles.remove(0);
        }
        if (answer != null) {
            exchange.getMessage().setBody(answer);
            return;
        }
        exchange.getMessage()
                .setBody(
                        LocalCommand.start(
                                TestUser.atLogin(
                                        exchange.getMessage().getBody(String.class), folder),
                                Optional.ofNullable(
                                        exchange.getMessage()
                                                .getHeader(SshHeaders.STDIN, InputStream.class)),
                                Optional.empty()));
    }

    private Exchange take(Batch batch) throws Exception {
        return routes.send("direct:taken", batch.id());
    }

    private String output(Batch batch) throws IOException {
        return Files.readString(record.outputFile(batch.id(), Stream.OUTPUT));
    }

    @Test
    void aJobIsStartedFollowedAndItsResultStored() throws Exception {
        routes.start();
        for (Batch batch : plan.batches()) {
            Exchange done = take(batch);
            assertThat(done.getProperty(JetHeaders.JOB, Dispatch.class).isOpen()).isFalse();
            assertThat(output(batch)).isEqualTo("begun\n");
            assertThat(record.results().hosts(batch.id()))
                    .hasSameSizeAs(batch.hosts())
                    .allSatisfy(host -> assertThat(host.outcome()).isEqualTo(Outcome.CHANGED));
        }
        assertThat(exchanges).isEqualTo(2);
        assertThat(queue.getExchanges()).isEmpty();
        assertThat(told).isEmpty();
        assertThat(progress.snapshot().states()).containsOnlyKeys(BatchState.ENDED);
        dispatch.end().await();
    }

    @Test
    void aMessageThatComesTwiceStartsNothing() throws Exception {
        routes.start();
        Batch batch = plan.batches().get(0);
        take(batch);
        assertThat(take(batch).getProperty(JetHeaders.JOB)).isNull();
        assertThat(exchanges).isEqualTo(1);
    }

    @Test
    void itConnectsAgainAfterAPause() throws Exception {
        troubles.add(new IOException("connection reset"));
        troubles.add(new IOException("connection reset"));
        routes.start();
        Batch batch = plan.batches().get(0);
        long begun = System.nanoTime();
        take(batch);
        // half a second and a second, less up to a half
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isGreaterThan(Duration.ofMillis(750));
        // the third finds no job, the fourth starts it
        assertThat(exchanges).isEqualTo(4);
        assertThat(output(batch)).isEqualTo("begun\n");
        assertThat(record.results().hosts(batch.id()))
                .allSatisfy(host -> assertThat(host.outcome()).isEqualTo(Outcome.CHANGED));
    }

    /** It would try again and again, as fast as it can. */
    @Test
    void noExchangeFollowsWithoutAPause() throws Exception {
        troubles.add(new IOException("connection reset"));
        routes.without("dispatch", StepNames.PAUSE).start();
        assertThatThrownBy(() -> take(plan.batches().get(0)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("ref: dispatch.pause")
                .hasMessageContaining("jet-fanout resume " + GUID);
        assertThat(exchanges).isEqualTo(1);
    }

    /** What the routes do wrong is told as that, and not as a worker that cannot be reached. */
    @Test
    void aBodyThatIsNoneOfAWorkerIsTheFaultOfTheRoute() throws Exception {
        answer = "mine";
        routes.watched(routeTroubles.steps()).start();
        assertFault(
                "step process[ref:dispatch.frames]",
                "this step needs a CommandStream as body, and it is a String");
    }

    @Test
    void anExchangeWithoutACommandIsTheFaultOfTheRoute() throws Exception {
        answer = "mine";
        routes.watched(routeTroubles.steps()).without("dispatch", StepNames.COMMAND).start();
        assertFault(
                "step process[ref:dispatch.frames]",
                "'ref: dispatch.command' must come before this step");
    }

    private void assertFault(String... says) throws Exception {
        Batch batch = plan.batches().get(0);
        take(batch);
        assertThat(exchanges).isEqualTo(1);
        assertThat(told).singleElement().asString().contains(says);
        assertThat(record.results().hosts(batch.id()))
                .hasSameSizeAs(batch.hosts())
                .allSatisfy(host -> assertThat(host.outcome()).isEqualTo(Outcome.UNFINISHED));
        assertThat(record.results().batch(batch.id()).orElseThrow().reason()).contains(says);
    }

    /** The pause is over at once, and the next exchange ends the job. */
    @Test
    void cancelDecidesWhatTheNextExchangeIs() throws Exception {
        troubles.add(new IOException("connection reset"));
        cancels = true;
        routes.start();
        Batch batch = plan.batches().get(0);
        take(batch);
        assertThat(exchanges).isEqualTo(2);
        assertThat(record.results().batch(batch.id()).orElseThrow().state())
                .isEqualTo(BatchState.CANCELLED);
        assertThat(record.outputFile(batch.id(), Stream.OUTPUT)).doesNotExist();
    }

    /**
     * A worker that cannot be used: its batch goes to the other one, by the queue. Record and
     * screen were told of it once, the figures of --metrics were not.
     */
    @Test
    void aBatchThatMovesGoesToTheQueueAgain() throws Exception {
        troubles.add(new ConfigurationException("no such port: 99999"));
        Batch batch = plan.batches().get(0);
        queue.expectedBodiesReceived(batch.id());
        queue.expectedHeaderReceived(JetHeaders.REASSIGNED, true);
        queue.expectedHeaderReceived(JetHeaders.WORKER, "w2");
        routes.start();
        take(batch);
        queue.assertIsSatisfied();
        assertThat(record.hasResult(batch.id())).isFalse();
        assertThat(states).containsExactly(BatchState.CONNECTING);
        Progress.BatchProgress moved = progress.snapshot().batches().get(0);
        assertThat(moved.state()).isEqualTo(BatchState.QUEUED);
        assertThat(moved.worker()).isEqualTo("w2");
        assertThat(moved.detail()).isEqualTo("moved from worker w1: no such port: 99999");
        take(batch);
        assertThat(record.results().batch(batch.id()).orElseThrow().worker()).isEqualTo("w2");
    }
}
