package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WishTest {
    private final Wish wish = new Wish();

    @Test
    void whoCancelsPutsNothingBack() {
        assertThat(wish.putBack()).isTrue();
        wish.cancel();
        assertThat(wish.isCancelled()).isTrue();
        assertThat(wish.isPutBack()).isFalse();
        assertThat(wish.goBack()).isFalse();
        assertThat(wish.putBack()).isFalse();
    }

    /** Else the job would be given up, or taken for one that the routes have let go. */
    @Test
    void whatGoesBackIsCancelledByWhoeverTakesItUpNext() {
        assertThat(wish.putBack()).isTrue();
        assertThat(wish.goBack()).isTrue();
        wish.cancel();
        assertThat(wish.isCancelled()).isFalse();
        assertThat(wish.isPutBack()).isTrue();
        assertThat(wish.goBack()).isTrue();
    }

    @Test
    void whoLeavesDoesNothingElse() {
        wish.cancel();
        wish.leave();
        wish.cancel();
        assertThat(wish.isLeft()).isTrue();
        assertThat(wish.isCancelled()).isFalse();
        assertThat(wish.putBack()).isFalse();
        assertThat(wish.goBack()).isFalse();
    }

    @Test
    void nothingGoesBackThatNobodyWantsBack() {
        assertThat(wish.goBack()).isFalse();
        assertThat(wish.isPutBack()).isFalse();
    }

    @Test
    void nobodyWhoCancelsOrLeavesWaits() {
        long begun = System.nanoTime();
        wish.cancel();
        wish.pause(Duration.ofMinutes(2));
        wish.leave();
        wish.pause(Duration.ofMinutes(2));
        wish.pause(Duration.ofMinutes(2));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void whoIsInterruptedLeaves() {
        Thread.currentThread().interrupt();
        wish.pause(Duration.ofMinutes(2));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(wish.isLeft()).isTrue();
    }
}
