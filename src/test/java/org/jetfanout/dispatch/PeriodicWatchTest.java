package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.record.Counts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeriodicWatchTest {
    private final PeriodicWatch watch = new PeriodicWatch(Duration.ofMillis(5));

    static Stream<PeriodicWatch.Look> whatFails() {
        return Stream.of(
                () -> Objects.requireNonNull(null),
                () -> {
                    throw new IOException("no space left");
                },
                () -> {
                    throw new ConfigurationException("cancel is a folder");
                },
                () -> new Counts(3, 1, 1, 0, 0, 0),
                () -> List.of().iterator().next());
    }

    @ParameterizedTest
    @MethodSource("whatFails")
    void oneThatFailsKeepsNeitherTheOthersNorTheNextRound(PeriodicWatch.Look fails)
            throws InterruptedException {
        List<String> seen = new ArrayList<>();
        CountDownLatch rounds = new CountDownLatch(3);
        watch.begin(
                () -> {
                    watch.look("one", () -> seen.add("one"));
                    watch.look("another", fails);
                    watch.look("a third", () -> seen.add("third"));
                    rounds.countDown();
                });
        assertThat(rounds.await(1, TimeUnit.MINUTES)).isTrue();
        watch.close();
        assertThat(seen).startsWith("one", "third", "one", "third", "one", "third");
    }

    @Test
    void aRoundThatFailsAsAWholeIsNotTheLast() throws InterruptedException {
        CountDownLatch rounds = new CountDownLatch(3);
        watch.begin(
                () -> {
                    rounds.countDown();
                    throw new IllegalStateException("the set of batches changed");
                });
        assertThat(rounds.await(1, TimeUnit.MINUTES)).isTrue();
        watch.close();
    }

    @Test
    void anErrorIsNotKeptToItself() throws InterruptedException {
        SynchronousQueue<Throwable> told = new SynchronousQueue<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, error) -> {
                    try {
                        told.put(error);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        try {
            watch.begin(
                    () ->
                            watch.look(
                                    "memory",
                                    () -> {
                                        throw new OutOfMemoryError("of the test");
                                    }));
            assertThat(told.poll(1, TimeUnit.MINUTES)).isInstanceOf(OutOfMemoryError.class);
        } finally {
            watch.close();
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}
