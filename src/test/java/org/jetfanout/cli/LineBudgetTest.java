package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** What one worker can do to the own log, in a Logback of the test's own. */
class LineBudgetTest {
    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("org.jetfanout.Some");
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();

    LineBudgetTest() {
        context.setMDCAdapter(MDC.getMDCAdapter());
        context.addTurboFilter(new LineBudget());
        logger.setLevel(Level.INFO);
        written.setContext(context);
        written.start();
        logger.addAppender(written);
    }

    @AfterEach
    void forget() {
        MDC.remove("JetWorker");
    }

    private List<String> lines() {
        return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void aWorkerHasSoManyLinesAndOthersTheirOwn() {
        MDC.put("JetWorker", "w1");
        IntStream.range(0, 3 * LineBudget.MOST_LINES).forEach(n -> logger.warn("{} is bad", n));
        assertThat(lines()).hasSize(LineBudget.MOST_LINES);
        assertThat(lines().get(LineBudget.MOST_LINES - 1))
                .isEqualTo("more than 10000 log lines about worker w1: omitting the rest");
        logger.error("an error", new IllegalStateException());
        assertThat(lines()).hasSize(LineBudget.MOST_LINES);

        MDC.put("JetWorker", "w2");
        logger.info("of another worker");
        MDC.remove("JetWorker");
        logger.info("of the run");
        assertThat(lines()).endsWith("of another worker", "of the run");
    }

    @Test
    void whatIsNotLoggedDoesNotCount() {
        MDC.put("JetWorker", "w1");
        IntStream.range(0, 3 * LineBudget.MOST_LINES).forEach(n -> logger.debug("{} is dull", n));
        assertThat(logger.isWarnEnabled()).isTrue();
        logger.warn("not dull");
        assertThat(lines()).containsExactly("not dull");
    }
}
