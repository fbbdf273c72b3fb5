package org.jetfanout.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MessageBudgetTest {
    private static final long SECOND = 1_000_000_000;

    private final AtomicLong clock = new AtomicLong();
    private final MessageBudget budget = new MessageBudget(clock::get);

    private int taken() {
        int count = 0;
        while (budget.take()) {
            count++;
        }
        return count;
    }

    @Test
    void aWeekOfKeepAlivesFits() {
        for (long second = 0; second < 7 * 24 * 3600; second++) {
            clock.addAndGet(SECOND);
            assertThat(budget.take()).isTrue();
        }
    }

    @Test
    void aFloodDoesNotAndComesBackWithTime() {
        assertThat(taken()).isEqualTo(MessageBudget.MOST);
        clock.addAndGet(3 * SECOND);
        assertThat(taken()).isEqualTo(3 * MessageBudget.A_SECOND);
        clock.addAndGet(365 * 24 * 3600 * SECOND);
        assertThat(taken()).isEqualTo(MessageBudget.MOST);
    }
}
