package org.jetfanout.check;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jetfanout.job.Nonce;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckReplyTest {
    private static CheckReply read(String stdout) {
        return read(stdout.getBytes(UTF_8), "");
    }

    private static CheckReply read(byte[] stdout, String stderr) {
        CheckReply reply = new CheckReply(new Nonce("n1", 3, 4));
        reply.read(false, stdout);
        reply.read(true, stderr.getBytes(UTF_8));
        return reply;
    }

    @Test
    void factsAreKeysWithTheirValuesInOrder() {
        CheckReply reply =
                read(
                        "jet-fanout n1 7 uid 1000\njet-fanout n1 7 key a\njet-fanout n1 7 key b\njet-fanout n1 7 end\n");
        assertThat(reply.number("uid")).hasValue(1000);
        assertThat(reply.values("key")).containsExactly("a", "b");
        assertThat(reply.value("home")).isEmpty();
        assertThat(reply.complete()).isTrue();
        assertThat(reply.lastForeignLine()).isEmpty();
    }

    @Test
    void whatLoginScriptsSayIsNoFact() {
        CheckReply reply =
                read(
                        "Welcome\njet-fanout other uid 0\nno line end: jet-fanout n1 7 uid 5\njet-fanout n1 7 end\n");
        assertThat(reply.number("uid")).hasValue(5);
        assertThat(reply.lastForeignLine()).isEqualTo("no line end:");
    }

    @Test
    void anErrorIsSaidBeforeOtherTalk() {
        CheckReply reply = read("Welcome\n".getBytes(UTF_8), "sh: not found\n\n");
        assertThat(reply.lastForeignLine()).isEqualTo("sh: not found");
        assertThat(reply.complete()).isFalse();
    }

    @Test
    void unknownKeysAreDropped() {
        assertThat(
                        read("jet-fanout n1 7 path /etc\njet-fanout n1 7 \njet-fanout n1 7")
                                .values("path"))
                .isEmpty();
    }

    @Test
    void valuesAreHarmlessAndShort() {
        CheckReply reply =
                read(
                        "jet-fanout n1 7 version \u001b]0;x\u0007\u001b[31mred\u202e\rback "
                                + "x".repeat(3_000)
                                + "\n");
        String version = reply.value("version").orElseThrow();
        assertThat(version).startsWith("red back xxx").hasSizeLessThanOrEqualTo(500);
        assertThat(version.chars().filter(Character::isISOControl)).isEmpty();
    }

    @Test
    void bytesThatAreNoTextAreShownAsSuch() {
        CheckReply reply = read("jet-fanout n1 7 version a\u00ffb\n".getBytes(ISO_8859_1), "");
        assertThat(reply.value("version")).hasValue("a\\xffb");
    }

    @Test
    void thereAreNeverManyValues() {
        assertThat(read("jet-fanout n1 7 key k\n".repeat(5000)).values("key")).hasSize(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"key k", "what", ""})
    void linesWithoutEndAreTooLong(String line) {
        CheckReply reply = new CheckReply(new Nonce("n1", 3, 4));
        byte[] lines = ("jet-fanout n1 7 " + line + "\n").repeat(20_000).getBytes(UTF_8);
        for (int i = 0; i < 100 && !reply.tooLong(); i++) {
            reply.read(false, lines);
        }
        assertThat(reply.tooLong()).isTrue();
        assertThat(reply.complete()).isFalse();
    }

    @Test
    void numbersAreWholeAndNotNegative() {
        for (String text : List.of("-1", "1e3", "", "99999999999999999999", "1 2", "0x1")) {
            assertThat(read("jet-fanout n1 7 free " + text + "\n").number("free")).isEmpty();
        }
        assertThat(read("jet-fanout n1 7 free 0\n").number("free")).hasValue(0);
    }
}
