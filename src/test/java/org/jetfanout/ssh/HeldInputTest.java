package org.jetfanout.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeldInputTest {
    static HeldInput open(String data) {
        return new HeldInput(new ByteArrayInputStream(data.getBytes(UTF_8)), true, () -> {});
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void isHeldUntilItIsLetGo() throws IOException {
        AtomicInteger pieces = new AtomicInteger();
        HeldInput input =
                new HeldInput(new ByteArrayInputStream(bytes("data")), pieces::incrementAndGet);
        assertThat(input.isHeld()).isTrue();
        input.letGo();
        assertThat(input.isHeld()).isFalse();
        assertThat(pieces).hasValue(0);
        assertThat(input.readAllBytes()).isEqualTo(bytes("data"));
        assertThat(pieces.get()).isPositive();
    }

    @Test
    void whatWasClosedBeforeIsNotAnEnd() throws IOException {
        HeldInput input = open("data");
        input.close();
        assertThat(input.isHeld()).isFalse();
        assertThatThrownBy(input::read).isInstanceOf(IOException.class);
    }

    @Test
    void moreComesBehindTheDataAndBeforeTheEnd() throws IOException {
        HeldInput input = open("data,");
        input.send(bytes("one,"));
        assertThat(input.isHeld()).isTrue();
        input.letGo();
        assertThat(input.readNBytes(9)).isEqualTo(bytes("data,one,"));
        assertThat(input.isHeld()).isTrue();
        assertThat(input.available()).isZero();
        input.send(bytes("two,"));
        assertThat(input.isHeld()).isFalse();
        assertThat(input.read()).isEqualTo('t');
        assertThat(input.isHeld()).isFalse();
        assertThat(input.readNBytes(3)).isEqualTo(bytes("wo,"));
        input.close();
        input.send(bytes("late"));
        assertThat(input.isHeld()).isFalse();
        assertThat(input.read()).isEqualTo(-1);
    }

    @Test
    void wakesWhoDoesNotWaitInIt() {
        AtomicInteger woken = new AtomicInteger();
        HeldInput input = open("");
        input.onMore(woken::incrementAndGet);
        input.send(bytes("one"));
        assertThat(woken).hasValue(1);
    }

    @Test
    void wakesWhoWaitsInIt() throws Exception {
        HeldInput input = open("");
        input.letGo();
        Thread reader = new Thread(() -> assertThat(readTo(input)).isEqualTo("one"));
        AtomicInteger failures = new AtomicInteger();
        reader.setUncaughtExceptionHandler((thread, e) -> failures.incrementAndGet());
        reader.start();
        Waiting.until("it waits", () -> reader.getState() == Thread.State.WAITING);
        input.send(bytes("one"));
        Waiting.until("it waits again", () -> input.isHeld());
        input.close();
        reader.join();
        assertThat(failures).hasValue(0);
    }

    private static String readTo(HeldInput input) {
        try {
            return new String(input.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Nobody reads it: that must not fill the memory. */
    @Test
    void isBounded() {
        HeldInput input = open("");
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> {
                            for (int i = 0; i < 1000; i++) {
                                input.send(bytes("line\n"));
                            }
                        });
        HeldInput ends = new HeldInput(new ByteArrayInputStream(bytes("data")), () -> {});
        assertThatIllegalStateException().isThrownBy(() -> ends.send(bytes("more")));
    }
}
