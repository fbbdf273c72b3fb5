package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jetfanout.ConfigurationException;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.queue.Queue;
import org.jetfanout.queue.QueueContents;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunRecord;
import org.jetfanout.screen.Screen;
import org.jetfanout.screen.ScreenOptions;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.status.Progress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The beans of the dispatch route, called as the route does. */
class RunDispatchTest {
    private static final String GUID = "11111111-2222-3333-4444-555555555555";
    private static final Worker ONE = new Worker("w1", "wk", "127.0.0.1", 22, "ops");
    private static final Worker OTHER = new Worker("w2", "wk", "127.0.0.1", 22, "ops");
    private static final Batch BATCH = new Batch("0001", ONE, List.of("h1", "h2"));

    @TempDir private Path folder;
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final Progress progress = new Progress();
    private RunRecord record;
    private RunDispatch dispatch;

    /** A queue in which all batches still are. */
    private static final class Full implements Queue {
        @Override
        public QueueContents contents(String queue) {
            return new QueueContents(Set.of(BATCH.id()), 1);
        }

        @Override
        public ConnectionFactory producers() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ConnectionFactory consumers() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void begin() throws Exception {
        record = RunRecord.create(folder, GUID);
        Bundles bundles = new Bundles(Files.createDirectory(record.folder().resolve("bundles")));
        bundles.store(message());
        emptyBundle(record.folder().resolve("bundles"));
        record.storeWorkers(Map.of("wk", List.of(ONE, OTHER)));
        Screen screen =
                new ScreenOptions(false, true, Optional.empty(), folder, String::valueOf)
                        .open(Map.of(), progress);
        RunFeed feed = new RunFeed(record, List.of(progress, screen));
        dispatch =
                new RunDispatch(
                        record, feed, progress, bundles, new RouteTroubles(screen, line -> {}));
        Plan plan = new Plan(GUID, List.of(BATCH), List.of());
        feed.tell(new RunEvent.Planned(plan));
        dispatch.expect(plan, new QueueWatch(new Full(), "q", Duration.ofMinutes(5), ids -> {}));
    }

    @AfterEach
    void end() throws Exception {
        dispatch.close();
        record.close();
        camel.close();
    }

    private static void emptyBundle(Path bundles) throws IOException {
        for (String part : List.of("common.tgz", BATCH.id() + ".tgz")) {
            new GZIPOutputStream(Files.newOutputStream(bundles.resolve(part))).close();
        }
    }

    private static BatchMessage message() {
        return new BatchMessage(
                GUID,
                BATCH,
                List.of("jetp"),
                Map.of(),
                false,
                false,
                ShownKeys.named(List.of()),
                List.of(),
                List.of(),
                0,
                1,
                1000,
                1000,
                60_000,
                1 << 20,
                false,
                1000,
                0,
                0);
    }

    private void step(String name, Exchange exchange) throws Exception {
        dispatch.beans().get(name).process(exchange);
    }

    /** Record and screen were told of it, the figures of --metrics were not. */
    @Test
    void aBatchThatMovesIsQueuedForItsNewWorkerInTheProgressToo() throws Exception {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setBody(BATCH.id());
        step("dispatch.takeUp", exchange);
        step("dispatch.command", exchange);
        assertThat(progress.snapshot().states()).containsOnlyKeys(BatchState.CONNECTING);
        exchange.setProperty(
                Exchange.EXCEPTION_CAUGHT, new ConfigurationException("no such port: 99999"));
        step("dispatch.broken", exchange);
        step("record.result", exchange);
        assertThat(exchange.getMessage().getHeader(JetHeaders.REASSIGNED)).isEqualTo(true);
        Progress.Of batch = progress.snapshot().batches().get(0);
        assertThat(batch.state()).isEqualTo(BatchState.QUEUED);
        assertThat(batch.worker()).isEqualTo("w2");
        assertThat(batch.detail()).isEqualTo("moved from worker w1: no such port: 99999");
    }
}
