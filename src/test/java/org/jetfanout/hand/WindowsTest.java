package org.jetfanout.hand;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How many bytes of a call may be under way. */
class WindowsTest {
    private final ReceiveWindow receive = new ReceiveWindow(1000);
    private final SendWindow send = new SendWindow(1000);

    @Test
    void mayBeReceivedUpToTheWindow() {
        assertThat(receive.receive(600)).isTrue();
        assertThat(receive.receive(400)).isTrue();
        assertThat(receive.receive(1)).isFalse();
    }

    @Test
    void moreIsAllowedWhenHalfOfItIsTaken() {
        assertThat(receive.receive(1000)).isTrue();
        assertThat(receive.take(499)).isEmpty();
        assertThat(receive.take(1)).hasValue(1500);
        assertThat(receive.take(499)).isEmpty();
        assertThat(receive.take(1)).hasValue(2000);
        assertThat(receive.receive(1000)).isTrue();
        assertThat(receive.receive(1)).isFalse();
    }

    @Test
    void nothingIsSentBeyondTheWindow() {
        send.take(900);
        assertThat(send.room()).isEqualTo(100);
        send.allow(1900);
        assertThat(send.room()).isEqualTo(1000);
    }

    @Test
    void whatAnotherInstanceAllowsHasALimit() {
        send.allow(Long.MAX_VALUE);
        assertThat(send.room()).isEqualTo(1000);
        send.take(1000);
        send.allow(500); // old news
        assertThat(send.room()).isZero();
    }

    @Test
    void whoWaitsGoesOnWhenThereIsRoom() throws Exception {
        send.take(1000);
        CompletableFuture<Boolean> waits = CompletableFuture.supplyAsync(this::await);
        send.allow(1050);
        assertThat(waits.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(send.room()).isEqualTo(40);
    }

    @Test
    void nobodyWaitsWhereNothingIsSentAnyMore() throws Exception {
        send.take(1000);
        CompletableFuture<Boolean> waits = CompletableFuture.supplyAsync(this::await);
        send.close();
        assertThat(waits.get(60, TimeUnit.SECONDS)).isFalse();
    }

    private boolean await() {
        try {
            return send.await(10);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
