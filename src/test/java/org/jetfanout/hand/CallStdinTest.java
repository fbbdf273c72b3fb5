package org.jetfanout.hand;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The stdin of a handled call. */
class CallStdinTest {
    private final List<Long> credits = new ArrayList<>();
    private final CallStdin stdin = new CallStdin(10, credits::add);

    private String read(int most) throws IOException {
        byte[] bytes = new byte[most];
        int count = stdin.read(bytes, 0, most);
        return count < 0 ? "end" : new String(bytes, 0, count, UTF_8);
    }

    private boolean add(String text) {
        return stdin.add(text.getBytes(UTF_8), false);
    }

    @Test
    void givesWhatComesAndThenTheEnd() throws IOException {
        assertThat(stdin.add("hello".getBytes(UTF_8), true)).isTrue();
        assertThat(read(3)).isEqualTo("hel");
        assertThat(read(3)).isEqualTo("lo");
        assertThat(read(3)).isEqualTo("end");
        assertThat(add("more")).isFalse();
    }

    @Test
    void isHeldWhileNothingIsThere() throws IOException {
        AtomicInteger woken = new AtomicInteger();
        stdin.onMore(woken::incrementAndGet);
        assertThat(stdin.isHeld()).isTrue();
        add("a");
        assertThat(stdin.isHeld()).isFalse();
        assertThat(read(1)).isEqualTo("a");
        assertThat(stdin.isHeld()).isTrue();
        assertThat(stdin.add(new byte[0], true)).isTrue();
        assertThat(stdin.isHeld()).isFalse();
        assertThat(woken).hasValue(2);
    }

    @Test
    void takesNoMoreThanItAllows() throws IOException {
        assertThat(add("0123456789")).isTrue();
        assertThat(read(4)).isEqualTo("0123");
        assertThat(credits).isEmpty();
        assertThat(read(4)).isEqualTo("4567");
        assertThat(credits).containsExactly(18L);
        assertThat(add("12345678")).isTrue();
        assertThat(add("9")).isFalse();
        assertThat(add("")).isFalse();
    }

    @Test
    void aHalfOneDoesNotLookWhole() throws IOException {
        add("half");
        stdin.close();
        assertThatThrownBy(() -> read(10)).isInstanceOf(IOException.class);
    }
}
