package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
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

    /** Once: in a run it ends the process; here another test may read what it prints. */
    @Test
    void anErrorIsNotKeptToItself() throws Exception {
        CompletableFuture<Thread> reporting = new CompletableFuture<>();
        List<Throwable> told = new CopyOnWriteArrayList<>();
        watch.begin(
                () -> {
                    Thread.currentThread()
                            .setUncaughtExceptionHandler(
                                    (thread, error) -> {
                                        told.add(error);
                                        reporting.complete(thread);
                                    });
                    watch.look(
                            "memory",
                            () -> {
                                throw new OutOfMemoryError("of the test");
                            });
                });
        Thread thread = reporting.get(1, TimeUnit.MINUTES);
        watch.close();
        thread.join(Duration.ofMinutes(1).toMillis());
        assertThat(thread.isAlive()).isFalse();
        assertThat(told).singleElement().isInstanceOf(OutOfMemoryError.class);
    }
}
