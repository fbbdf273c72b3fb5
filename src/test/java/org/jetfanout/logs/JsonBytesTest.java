package org.jetfanout.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import org.jetfanout.record.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBytesTest {
    private final JsonBytes json = new JsonBytes();

    @Test
    void everyTextComesBackAsItWas() throws IOException {
        Random random = new Random(7);
        for (int turn = 0; turn < 3000; turn++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                int c =
                        switch (random.nextInt(4)) {
                            case 0 -> random.nextInt(0x80);
                            case 1 -> random.nextInt(0x800);
                            case 2 -> random.nextInt(0xd800);
                            default -> 0x10000 + random.nextInt(0x100000);
                        };
                text.appendCodePoint(c);
            }
            json.clear();
            byte[] bytes = json.string(text.toString()).toByteArray();
            assertThat(Json.mapper().readTree(bytes).textValue()).isEqualTo(text.toString());
        }
    }

    @Test
    void noControlCharacterIsLeft() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0x80; c++) {
            all.append(c);
        }
        byte[] bytes = json.string(all.toString()).toByteArray();
        assertThat(new String(bytes, UTF_8)).matches("[ -~]+");
        assertThat(new String(bytes, UTF_8))
                .contains("\\n\\u000b")
                .contains("\\u001b")
                .contains("\\\"");
    }

    @Test
    void halfACharacterIsAQuestionMark() {
        assertThat(new String(json.string("a\ud800b\udc00").toByteArray(), UTF_8))
                .isEqualTo("\"a?b?\"");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 9, 10, 99, 100, 1234567890123L, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void numbers(long value) {
        assertThat(new String(json.number(value).toByteArray(), UTF_8))
                .isEqualTo(Long.toString(value));
    }

    @Test
    void itGrowsAndIsUsedAgain() throws IOException {
        String text = "äx\n".repeat(1 << 20);
        assertThat(Json.mapper().readTree(json.string(text).toByteArray()).textValue())
                .isEqualTo(text);
        json.clear();
        assertThat(new String(json.string("b").toByteArray(), UTF_8)).isEqualTo("\"b\"");
    }
}
