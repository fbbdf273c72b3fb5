package org.jetfanout.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.testkit.Fixture.GUID;
import static org.jetfanout.testkit.Fixture.START;
import static org.jetfanout.testkit.Fixture.frame;
import static org.jetfanout.testkit.Fixture.plan;
import static org.jetfanout.testkit.Fixture.result;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jetfanout.site.workers.RolloutRules;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class RunFeedTest {
    private static final RunEvent.State RUNNING =
            new RunEvent.State("0001", "w1", BatchState.RUNNING, "");

    @TempDir private Path runs;
    private final Logger logger = (Logger) LoggerFactory.getLogger(RunFeed.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<RunEvent> heard = new ArrayList<>();
    private RunRecord record;

    @BeforeEach
    void begin() {
        record = RunRecord.create(runs, GUID);
        logger.setLevel(Level.INFO);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void end() {
        logger.detachAppender(log);
        record.close();
    }

    /** Writes down each event, of whatever kind. */
    private RunListener hearing() {
        return (RunListener)
                Proxy.newProxyInstance(
                        RunListener.class.getClassLoader(),
                        new Class<?>[] {RunListener.class},
                        (proxy, method, event) -> heard.add((RunEvent) event[0]));
    }

    /** As whoever is woken by an event and looks into the record. */
    @Test
    void theRecordHasItBeforeAnybodyHears() {
        List<String> stored = new ArrayList<>();
        RunFeed feed =
                new RunFeed(
                        record,
                        List.of(
                                new RunListener() {
                                    @Override
                                    public void state(RunEvent.State event) {
                                        record.states(
                                                line -> stored.add(line.path("state").asText()));
                                    }

                                    @Override
                                    public void result(RunEvent.Result event) {
                                        stored.addAll(record.results().batches());
                                        stored.add(
                                                "may be acknowledged: " + record.hasResult("0001"));
                                    }

                                    @Override
                                    public void signed(RunEvent.Signed event) {
                                        record.signatures(
                                                line ->
                                                        stored.add(
                                                                line.path("fingerprint").asText()));
                                    }
                                }));
        feed.tell(RUNNING);
        feed.tell(new RunEvent.Result(result(1, BatchState.ENDED, OK)));
        feed.tell(new RunEvent.Signed("w1", "SHA256:x", "ops", "", true, START));
        assertThat(stored)
                .containsExactly("running", "0001", "may be acknowledged: true", "SHA256:x");
    }

    @Test
    void eachKindComesToEachListenerInTurn() {
        RunFeed feed = new RunFeed(record, List.of(hearing(), hearing()));
        List<RunEvent> all =
                List.of(
                        new RunEvent.Planned(plan(1)),
                        new RunEvent.Resumed(record.results(), Map.of()),
                        RUNNING,
                        new RunEvent.Output(frame(1, 0, "x\n")),
                        new RunEvent.Tally("0001", Counts.waiting(1)),
                        new RunEvent.Result(result(1, BatchState.ENDED, OK)),
                        new RunEvent.Signed("w1", "SHA256:x", "ops", "", false, START),
                        new RunEvent.Rollout(RolloutState.of(RolloutRules.of(Map.of()), 2)));
        assertThat(all)
                .extracting(Object::getClass)
                .doesNotHaveDuplicates()
                .hasSameSizeAs(RunEvent.class.getPermittedSubclasses());
        List<RunEvent> twice = new ArrayList<>();
        for (RunEvent event : all) {
            feed.tell(event);
            twice.add(event);
            twice.add(event);
        }
        assertThat(heard).isEqualTo(twice);
    }

    @Test
    void aListenerThatThrowsIsLoggedOnceAndDroppedAndTheRunGoesOn() {
        List<RunEvent> before = new ArrayList<>();
        RunFeed feed =
                new RunFeed(
                        record,
                        List.of(
                                new RunListener() {
                                    @Override
                                    public void state(RunEvent.State event) {
                                        before.add(event);
                                        throw new IllegalStateException("terminal on fire");
                                    }
                                },
                                hearing()));
        feed.tell(RUNNING);
        feed.tell(RUNNING);
        assertThat(before).hasSize(1);
        assertThat(heard).containsExactly(RUNNING, RUNNING);
        assertThat(log.list)
                .singleElement()
                .satisfies(
                        line -> {
                            assertThat(line.getFormattedMessage())
                                    .contains("hears nothing more")
                                    .endsWith("java.lang.IllegalStateException: terminal on fire");
                            assertThat(line.getThrowableProxy()).isNull();
                        });
    }

    @Test
    void whatTheRecordDoesNotTakeIsToldToNobody() {
        RunFeed feed = new RunFeed(record, List.of(hearing()));
        record.close();
        assertThatThrownBy(() -> feed.tell(RUNNING)).isInstanceOf(IllegalStateException.class);
        assertThat(heard).isEmpty();
    }
}
