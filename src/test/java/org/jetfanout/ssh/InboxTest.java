package org.jetfanout.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InboxTest {
    private final Inbox inbox = new Inbox();

    private void add(boolean stderr, String text) {
        byte[] bytes = ("#" + text).getBytes(StandardCharsets.UTF_8);
        inbox.add(stderr, bytes, 1, bytes.length - 1);
    }

    private String take() throws InterruptedException {
        return inbox.take()
                .map(
                        c ->
                                (c.stderr() ? "2:" : "1:")
                                        + new String(c.bytes(), StandardCharsets.UTF_8))
                .orElse("end");
    }

    @Test
    void putsSmallPiecesTogetherAndGivesBothStreamsATurn() throws InterruptedException {
        add(false, "a");
        add(true, "x");
        add(false, "b");
        assertThat(inbox.waiting()).isEqualTo(3);
        assertThat(take()).isEqualTo("1:ab");
        add(false, "c");
        assertThat(take()).isEqualTo("2:x");
        assertThat(take()).isEqualTo("1:c");
        inbox.end();
        assertThat(take()).isEqualTo("end");
        assertThat(inbox.waiting()).isZero();
    }

    @Test
    void cutsLargePiecesAndKeepsEveryByte() throws InterruptedException {
        byte[] all = new byte[200_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (i * 31 / 7);
        }
        for (int from = 0; from < all.length; from += 30_000) {
            inbox.add(false, all, from, Math.min(30_000, all.length - from));
        }
        inbox.end();
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        for (Optional<Chunk> c = inbox.take(); c.isPresent(); c = inbox.take()) {
            assertThat(c.get().bytes().length).isBetween(1, Inbox.CHUNK);
            taken.writeBytes(c.get().bytes());
        }
        assertThat(taken.toByteArray()).isEqualTo(all);
    }

    @Test
    void takesNothingAfterItsEnd() throws InterruptedException {
        add(false, "a");
        inbox.discard();
        add(false, "b");
        assertThat(take()).isEqualTo("end");
    }
}
