package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogTailTest {
    @Test
    void wholeLinesAndEveryByteOnce() {
        Random random = new Random(11);
        for (int round = 0; round < 60; round++) {
            ByteArrayOutputStream log = new ByteArrayOutputStream();
            int longest = 1 + random.nextInt(round % 10 == 0 ? 200_000 : 300);
            for (int i = 0; i < 2000 && log.size() < 3_000_000; i++) {
                log.writeBytes("x".repeat(random.nextInt(longest)).getBytes(UTF_8));
                log.write('\n');
            }
            log.writeBytes("no end".getBytes(UTF_8));
            byte[] bytes = log.toByteArray();
            LogTail tail = new LogTail(0);
            List<byte[]> frames = new ArrayList<>();
            int most = 1 + random.nextInt(300_000);
            for (int at = 0; at < bytes.length; ) {
                int to = Math.min(bytes.length, at + 1 + random.nextInt(most));
                tail.add(Arrays.copyOfRange(bytes, at, to), frames::add);
                if (random.nextInt(5) == 0) {
                    tail.flush(frames::add);
                }
                at = to;
            }
            tail.flush(frames::add);
            assertThat(frames)
                    .allMatch(frame -> frame[frame.length - 1] == '\n')
                    .allMatch(frame -> frame.length <= LogTail.FRAME || lines(frame) == 1);
            tail.finish(Long.MAX_VALUE, frames::add);
            ByteArrayOutputStream again = new ByteArrayOutputStream();
            frames.forEach(again::writeBytes);
            assertThat(again.toByteArray()).isEqualTo(bytes);
            assertThat(tail.offset()).isEqualTo(bytes.length);
        }
    }

    private static long lines(byte[] frame) {
        long lines = 0;
        for (byte b : frame) {
            lines += b == '\n' ? 1 : 0;
        }
        return lines;
    }

    @Test
    void endlessLineIsCut() {
        LogTail tail = new LogTail(0);
        List<Integer> frames = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tail.add(new byte[100_000], frame -> frames.add(frame.length));
        }
        assertThat(frames).hasSize(9).allMatch(size -> size == LogTail.LONGEST_LINE);
    }

    @Test
    void nothingBehindTheEnd() {
        LogTail tail = new LogTail(0);
        List<String> frames = new ArrayList<>();
        tail.add(
                "one\ntwo\nthree\n".getBytes(UTF_8), frame -> frames.add(new String(frame, UTF_8)));
        tail.finish(8, frame -> frames.add(new String(frame, UTF_8)));
        assertThat(frames).containsExactly("one\ntwo\n");
        assertThat(tail.offset()).isEqualTo(8);
    }
}
