package org.jetfanout.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same as Jackson's parser, which stands beside it here. */
class JsonReaderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                " { \"a\" : [ 1 , -2 , 0 , -0 ] , \"b\" : { } , \"c\" : [ ] }\n",
                "{\"a\":1,\"a\":2}",
                "[true,false,null,[[]],[{}]]",
                "[2147483647,2147483648,-2147483648,-2147483649]",
                "[9223372036854775807,9223372036854775808,-9223372036854775808,123456789012345678]",
                "[0.5,-1.25e3,1E-7,1e+2,3.0]",
                "\"\"",
                "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\\u202e\"",
                "\"é 😀 \u007f \u202e\"",
                "{\"\\u0061b\":\"x\"}",
                "  ",
                "",
                "{\"a\":1} trailing",
                "1"
            })
    void aDocument(String text) throws IOException {
        JsonNode expected = Json.mapper().readTree(text.getBytes(UTF_8));
        assertThat(JsonReader.document(text.getBytes(UTF_8))).isEqualTo(expected);
        assertThat(JsonReader.document(new ByteArrayInputStream(text.getBytes(UTF_8))))
                .isEqualTo(expected);
        assertThat(JsonReader.document(slow(text))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,}",
                "{,}",
                "{a:1}",
                "{\"a\" 1}",
                "{\"a\":1 \"b\":2}",
                "[1 2]",
                "[1,]",
                "[,1]",
                "\"a",
                "\"a\\",
                "\"a\\x\"",
                "\"\\u12g4\"",
                "\"line\nbreak\"",
                "tru",
                "nul1",
                "-",
                "01",
                "1.",
                ".5",
                "1e",
                "1e+",
                "+1",
                "1-2",
                "}",
                "#"
            })
    void whatIsNone(String text) {
        assertThatThrownBy(() -> Json.mapper().readTree(text.getBytes(UTF_8)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> JsonReader.document(text.getBytes(UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("it is no JSON: ");
        assertThatThrownBy(() -> JsonReader.document(slow(text))).isInstanceOf(IOException.class);
    }

    @Test
    void aTextThatIsLongerThanTheBuffer() throws IOException {
        String words = "é\\n\\u0041 word ".repeat(5000);
        String text = "{\"long\":\"" + words + "\",\"n\":[" + "12345,".repeat(5000) + "1]}";
        JsonNode expected = Json.mapper().readTree(text);
        assertThat(JsonReader.document(new ByteArrayInputStream(text.getBytes(UTF_8))))
                .isEqualTo(expected);
        assertThat(JsonReader.document(slow(text))).isEqualTo(expected);
    }

    @Test
    void bracketsHaveALimit() {
        assertThatThrownBy(() -> JsonReader.document("[".repeat(100_000).getBytes(UTF_8)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void theBytesStayAsTheyAre() {
        byte[] bytes = " {\"a\":\"never ends".getBytes(UTF_8);
        assertThatThrownBy(() -> JsonReader.document(bytes)).isInstanceOf(IOException.class);
        assertThat(bytes).asString(UTF_8).isEqualTo(" {\"a\":\"never ends");
    }

    /** Gives one byte at a time. */
    private static InputStream slow(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8)) {
            @Override
            public synchronized int read(byte[] to, int from, int length) {
                return super.read(to, from, Math.min(1, length));
            }
        };
    }
}
