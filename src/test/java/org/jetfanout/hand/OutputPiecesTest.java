package org.jetfanout.hand;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.jetfanout.link.LinkMessage;
import org.jetfanout.ssh.Chunk;
import org.junit.jupiter.api.Test;

class OutputPiecesTest {
    private final OutputPieces pieces = new OutputPieces();

    private static Chunk chunk(boolean stderr, String text) {
        return new Chunk(stderr, text.getBytes(UTF_8));
    }

    private static List<String> read(String json, String body) throws IOException {
        Fields head = new Fields(new ObjectMapper().readTree(json));
        return OutputPieces.read(head, body.getBytes(UTF_8)).stream()
                .map(one -> (one.stderr() ? "!" : "") + new String(one.bytes(), UTF_8))
                .toList();
    }

    @Test
    void keepsOrderAndStream() throws IOException {
        pieces.add(chunk(false, "one"));
        pieces.add(chunk(true, "err"));
        pieces.add(chunk(false, "two!"));
        assertThat(pieces.size()).isEqualTo(10);
        ObjectNode head = SentMessages.head();
        byte[] body = pieces.takeTo(head);

        assertThat(read(head.toString(), new String(body, UTF_8)))
                .containsExactly("one", "!err", "two!");
        assertThat(pieces.isEmpty()).isTrue();
    }

    @Test
    void aMessageNeedNotHaveAny() throws IOException {
        ObjectNode head = SentMessages.head();
        assertThat(pieces.takeTo(head)).isEmpty();
        assertThat(read(head.toString(), "")).isEmpty();
    }

    @Test
    void isNeverTooLongForAMessage() {
        Chunk largest = new Chunk(false, new byte[64 << 10]);
        pieces.add(chunk(true, "some"));
        assertThat(pieces.fits(largest)).isTrue();
        assertThat(pieces.areEnough()).isFalse();
        pieces.add(largest);
        assertThat(pieces.areEnough()).isTrue();
        assertThat(pieces.fits(largest)).isFalse();
        assertThat(pieces.size()).isLessThanOrEqualTo(LinkMessage.LONGEST_BODY);
    }

    @Test
    void believesNoLengthsThatDoNotAgreeWithTheBytes() {
        for (String wrong :
                List.of(
                        "[3]",
                        "[5]",
                        "[4,1]",
                        "[4,0]",
                        "[-2147483648]",
                        "[2147483647,4]",
                        "[99999999999]",
                        "[\"4\"]",
                        "[4.5]",
                        "4",
                        "[]")) {
            assertThatThrownBy(() -> read("{\"pieces\":" + wrong + "}", "four"))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("invalid pieces");
        }
        assertThatThrownBy(() -> read("{}", "four")).isInstanceOf(IllegalArgumentException.class);
    }
}
