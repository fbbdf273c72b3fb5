package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.ConnectionFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.queue.Queue;
import org.jetfanout.queue.QueueContents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueWatchTest {
    private static final Set<String> SOME = Set.of("0001", "0002");

    private final Deque<Set<String>> again = new ArrayDeque<>();
    private final Away queue = new Away();
    private Instant now = Instant.EPOCH;
    private final QueueWatch watch =
            new QueueWatch(queue, "q", Duration.ofMinutes(5), this::send, () -> now, Runnable::run);
    private boolean fails;
    private Runnable whileSending = () -> {};

    /** A broker that comes and goes as the test says. */
    private static final class Away implements Queue {
        private Duration away;
        private boolean back;
        private Set<String> kept = SOME;
        private int consumers = 1;
        private boolean isOurs;

        /** Looks so far. */
        private int looks;

        @Override
        public QueueContents contents(String queue) {
            looks++;
            return new QueueContents(kept, consumers);
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
        public boolean isOfThisProcess() {
            return isOurs;
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
        Runnable once = whileSending;
        whileSending = () -> {};
        once.run();
        if (fails) {
            fails = false;
            throw new IllegalStateException("away again");
        }
    }

    @Test
    void aBrokerThatIsThereNeedsNothing() {
        assertThat(watch.look(SOME, false)).isEmpty();
        assertThat(watch.look(SOME, true)).isEmpty();
        assertThat(again.poll()).isNull();
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
    void whatItMayHaveLostIsQueuedAgainOnce() {
        queue.back = true;
        assertThat(watch.look(SOME, false)).isEmpty();
        assertThat(again.poll()).isEqualTo(SOME);
        assertThat(watch.look(SOME, false)).isEmpty();
        assertThat(again.poll()).isNull();
    }

    @Test
    void whatCanNeverBeQueuedAgainEndsTheRun() {
        queue.back = true;
        Optional<String> said = Optional.empty();
        for (int i = 0; i < 100 && said.isEmpty(); i++) {
            fails = true;
            said = watch.look(SOME, false);
            now = now.plusSeconds(10);
        }
        assertThat(said)
                .hasValueSatisfying(
                        line ->
                                assertThat(line)
                                        .contains("cannot queue batches" + " again: away again"));
    }

    /** Looks until the queue was looked at so many times more, ten seconds apart. */
    private Optional<String> look(int times, boolean cancelled) {
        Optional<String> said = Optional.empty();
        for (int end = queue.looks + times; said.isEmpty() && queue.looks < end; ) {
            said = watch.look(SOME, cancelled);
            now = now.plusSeconds(10);
        }
        return said;
    }

    @Test
    void whatIsInTheQueueIsLeftThere() {
        assertThat(look(5, false)).isEmpty();
        assertThat(again).isEmpty();
    }

    /** A thousand batches that were parked take their time. */
    @Test
    void whatIsOnItsWayIsNotMissed() {
        queue.kept = Set.of();
        whileSending = () -> look(5, false);
        watch.queueAgain(SOME);
        assertThat(again).containsExactly(SOME);
    }

    @Test
    void whatNeverArrivesIsMissed() {
        queue.kept = Set.of();
        whileSending = () -> look(40, false);
        watch.queueAgain(SOME);
        assertThat(again).hasSizeGreaterThan(1);
    }

    @Test
    void whatHasGoneIsQueuedAgain() {
        queue.kept = Set.of("0001", "something else");
        assertThat(look(3, false)).isEmpty();
        assertThat(again.poll()).containsExactly("0002");
        queue.kept = SOME;
        assertThat(look(5, false)).isEmpty();
        assertThat(again).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsAlwaysGoneEndsTheRun(boolean cancelled) {
        queue.kept = Set.of("0001");
        assertThat(look(1000, cancelled))
                .hasValueSatisfying(line -> assertThat(line).contains("loses", "[0002]"));
        assertThat(again).hasSizeBetween(3, cancelled ? 3 : 20);
    }

    @Test
    void aQueueThatHasNoConsumerAnyMoreEndsTheRun() {
        queue.consumers = 0;
        assertThat(look(100, false))
                .hasValueSatisfying(
                        line -> assertThat(line).contains("lost the consumers of this" + " run"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBrokerThatTakesNoMessageEndsTheRun(boolean cancelled) {
        QueueWatch full =
                new QueueWatch(
                        queue,
                        "q",
                        Duration.ofMinutes(5),
                        batches -> {},
                        () -> now,
                        neverDone -> {});
        full.sending();
        now = now.plusSeconds(cancelled ? 9 : 299);
        assertThat(full.look(SOME, cancelled)).isEmpty();
        now = now.plusSeconds(1);
        assertThat(full.look(SOME, cancelled))
                .hasValueSatisfying(line -> assertThat(line).contains("accepts no messages"));
    }

    @Test
    void nothingIsMissedWhileBatchesAreQueuedForTheFirstTime() {
        watch.sending();
        now = now.plusSeconds(30);
        assertThat(watch.look(SOME, false)).isEmpty();
        assertThat(again).isEmpty();
        watch.sent();
        assertThat(watch.look(SOME, false)).isEmpty();
        assertThat(again).isEmpty();
    }

    @Test
    void untilItSucceeds() {
        queue.back = true;
        fails = true;
        assertThat(watch.look(SOME, false)).isEmpty();
        assertThat(again.poll()).isEqualTo(SOME);
        assertThat(watch.look(SOME, false)).isEmpty();
        assertThat(again.poll()).isEqualTo(SOME);
    }

    /** Under heavy load nothing of this process is fast, its broker neither. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBrokerOfThisProcessMayBeSlow(boolean cancelled) {
        queue.isOurs = true;
        QueueWatch slow =
                new QueueWatch(queue, "q", Duration.ZERO, this::send, () -> now, work -> {});
        assertThat(slow.look(SOME, cancelled)).isEmpty();
        now = now.plus(Duration.ofMinutes(9));
        assertThat(slow.look(SOME, cancelled)).isEmpty();
        now = now.plus(Duration.ofMinutes(2));
        assertThat(slow.look(SOME, cancelled))
                .hasValueSatisfying(line -> assertThat(line).contains("does not answer"));
    }

    @Test
    void manyBatchesMayTakeLongToBeQueuedInThisProcess() {
        queue.isOurs = true;
        watch.sending();
        now = now.plus(Duration.ofMinutes(9));
        assertThat(watch.look(SOME, false)).isEmpty();
        now = now.plus(Duration.ofMinutes(2));
        assertThat(watch.look(SOME, false)).isPresent();
    }

    /** Nobody can delete its queue; the consumers come late where the machine is slow. */
    @Test
    void consumersOfThisProcessMayComeLate() {
        queue.isOurs = true;
        queue.consumers = 0;
        assertThat(look(20, false)).isEmpty();
    }
}
