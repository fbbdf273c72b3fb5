package org.jetfanout.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.ConnectionFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jetfanout.queue.Queue;
import org.junit.jupiter.api.Test;

class QueueWatchTest {
    private static final Set<String> SOME = Set.of("0001", "0002");

    private final BlockingQueue<Set<String>> again = new ArrayBlockingQueue<>(10);
    private final Away queue = new Away();
    private final QueueWatch watch = new QueueWatch(queue, Duration.ofMinutes(5), this::send);
    private boolean fails;

    /** A broker that comes and goes as the test says. */
    private static final class Away implements Queue {
        private Duration away;
        private boolean back;

        @Override
        public ConnectionFactory producers() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ConnectionFactory consumers() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Outage> outage() {
            return Optional.ofNullable(away).map(lasts -> new Outage(lasts, "away for " + lasts));
        }

        @Override
        public boolean isBack() {
            boolean was = back;
            back = false;
            return was;
        }

        @Override
        public void close() {}
    }

    private void send(Set<String> batches) {
        again.add(new TreeSet<>(batches));
        if (fails) {
            fails = false;
            throw new IllegalStateException("away again");
        }
    }

    @Test
    void aBrokerThatIsThereNeedsNothing() throws InterruptedException {
        assertThat(watch.look(SOME, false)).isEmpty();
        assertThat(watch.look(SOME, true)).isEmpty();
        assertThat(again.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void itIsWaitedForAsLongAsSaid() {
        queue.away = Duration.ofMinutes(5).minusMillis(1);
        assertThat(watch.look(SOME, false)).isEmpty();
        queue.away = Duration.ofMinutes(5);
        assertThat(watch.look(SOME, false)).hasValue("away for PT5M");
        assertThat(watch.look(Set.of(), false)).isEmpty();
    }

    @Test
    void whoCancelsDoesNotWait() {
        queue.away = Duration.ZERO;
        assertThat(watch.look(SOME, true)).isPresent();
        assertThat(watch.look(Set.of(), true)).isEmpty();
    }

    @Test
    void whatItMayHaveLostIsQueuedAgainOnce() throws InterruptedException {
        queue.back = true;
        assertThat(watch.look(SOME, false)).isEmpty();
        assertThat(again.poll(1, TimeUnit.MINUTES)).isEqualTo(SOME);
        assertThat(watch.look(SOME, false)).isEmpty();
        assertThat(again.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void untilItSucceeds() throws InterruptedException {
        queue.back = true;
        fails = true;
        assertThat(watch.look(SOME, false)).isEmpty();
        assertThat(again.poll(1, TimeUnit.MINUTES)).isEqualTo(SOME);
        Set<String> second = null;
        for (int i = 0; i < 6000 && second == null; i++) {
            assertThat(watch.look(SOME, false)).isEmpty();
            second = again.poll(10, TimeUnit.MILLISECONDS);
        }
        assertThat(second).isEqualTo(SOME);
    }
}
