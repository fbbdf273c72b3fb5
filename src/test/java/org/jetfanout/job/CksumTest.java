package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CksumTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 256, 65_535, 65_536, 1_000_003})
    void asTheProgram(int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Cksum cksum = new Cksum();
        Random random = new Random(1);
        for (int at = 0; at < size; ) {
            int length = Math.min(size - at, random.nextInt(5000));
            cksum.add(bytes, at, length);
            cksum.value();
            at += length;
        }
        Process program = new ProcessBuilder("cksum").start();
        program.getOutputStream().write(bytes);
        program.getOutputStream().close();
        String printed = new String(program.getInputStream().readAllBytes(), UTF_8).strip();
        assertThat(cksum.value() + " " + cksum.size()).isEqualTo(printed);
    }

    @Test
    void copyGoesItsOwnWay() {
        Cksum cksum = new Cksum();
        cksum.add(new byte[] {1});
        Cksum copy = cksum.copy();
        copy.add(new byte[] {2});
        assertThat(cksum.size()).isEqualTo(1);
        assertThat(copy.value()).isNotEqualTo(cksum.value());
    }
}
