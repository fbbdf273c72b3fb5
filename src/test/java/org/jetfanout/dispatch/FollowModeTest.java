package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FollowModeTest {
    private final FollowMode mode = new FollowMode();

    @Test
    void whoCancelsPutsNothingBack() {
        assertThat(mode.putBack()).isTrue();
        mode.cancel();
        assertThat(mode.isCancelled()).isTrue();
        assertThat(mode.isPutBack()).isFalse();
        assertThat(mode.goBack()).isFalse();
        assertThat(mode.putBack()).isFalse();
    }

    /** Else the job would be given up, or taken for one that the routes have let go. */
    @Test
    void whatGoesBackIsCancelledByWhoeverTakesItUpNext() {
        assertThat(mode.putBack()).isTrue();
        assertThat(mode.goBack()).isTrue();
        mode.cancel();
        assertThat(mode.isCancelled()).isFalse();
        assertThat(mode.isPutBack()).isTrue();
        assertThat(mode.goBack()).isTrue();
    }

    @Test
    void whoLeavesDoesNothingElse() {
        mode.cancel();
        mode.leave();
        mode.cancel();
        assertThat(mode.isLeft()).isTrue();
        assertThat(mode.isCancelled()).isFalse();
        assertThat(mode.putBack()).isFalse();
        assertThat(mode.goBack()).isFalse();
    }

    @Test
    void nothingGoesBackThatNobodyWantsBack() {
        assertThat(mode.goBack()).isFalse();
        assertThat(mode.isPutBack()).isFalse();
    }

    @Test
    void nobodyWhoCancelsOrLeavesWaits() {
        long begun = System.nanoTime();
        mode.cancel();
        mode.pause(Duration.ofMinutes(2));
        mode.leave();
        mode.pause(Duration.ofMinutes(2));
        mode.pause(Duration.ofMinutes(2));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void whoIsInterruptedLeaves() {
        Thread.currentThread().interrupt();
        mode.pause(Duration.ofMinutes(2));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(mode.isLeft()).isTrue();
    }
}
