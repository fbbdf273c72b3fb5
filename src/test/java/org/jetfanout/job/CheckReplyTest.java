package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CheckReplyTest {
    private static final byte[] NOTHING = {};

    private static CheckReply read(String stdout) {
        return CheckReply.read("n1", stdout.getBytes(UTF_8), NOTHING);
    }

    @Test
    void factsAreKeysWithTheirValuesInOrder() {
        CheckReply reply =
                read(
                        "jet-fanout n1 uid 1000\njet-fanout n1 key a\njet-fanout n1 key b\njet-fanout n1 end\n");
        assertThat(reply.number("uid")).hasValue(1000);
        assertThat(reply.values("key")).containsExactly("a", "b");
        assertThat(reply.value("home")).isEmpty();
        assertThat(reply.whole()).isTrue();
        assertThat(reply.talk()).isEmpty();
    }

    @Test
    void whatLoginScriptsSayIsNoFact() {
        CheckReply reply =
                read(
                        "Welcome\njet-fanout other uid 0\nno line end: jet-fanout n1 uid 5\njet-fanout n1 end");
        assertThat(reply.number("uid")).hasValue(5);
        assertThat(reply.talk()).isEqualTo("Welcome");
    }

    @Test
    void anErrorIsSaidBeforeOtherTalk() {
        CheckReply reply =
                CheckReply.read(
                        "n1", "Welcome\n".getBytes(UTF_8), "sh: not found\n\n".getBytes(UTF_8));
        assertThat(reply.talk()).isEqualTo("sh: not found");
        assertThat(reply.whole()).isFalse();
    }

    @Test
    void unknownKeysAreDropped() {
        assertThat(read("jet-fanout n1 path /etc\njet-fanout n1 \njet-fanout n1").values("path"))
                .isEmpty();
    }

    @Test
    void valuesAreHarmlessAndShort() {
        CheckReply reply =
                read(
                        "jet-fanout n1 version \u001b]0;x\u0007\u001b[31mred\u202e\rback "
                                + "x".repeat(10_000)
                                + "\n");
        String version = reply.value("version").orElseThrow();
        assertThat(version).startsWith("red back xxx").hasSizeLessThanOrEqualTo(500);
        assertThat(version.chars().filter(Character::isISOControl)).isEmpty();
    }

    @Test
    void bytesThatAreNoTextAreShownAsSuch() {
        CheckReply reply =
                CheckReply.read(
                        "n1", "jet-fanout n1 version a\u00ffb\n".getBytes(ISO_8859_1), NOTHING);
        assertThat(reply.value("version")).hasValue("a\\xffb");
    }

    @Test
    void thereAreNeverManyValues() {
        assertThat(read("jet-fanout n1 key k\n".repeat(5000)).values("key")).hasSize(50);
    }

    @Test
    void numbersAreWholeAndNotNegative() {
        for (String text : List.of("-1", "1e3", "", "99999999999999999999", "1 2", "0x1")) {
            assertThat(read("jet-fanout n1 free " + text + "\n").number("free")).isEmpty();
        }
        assertThat(read("jet-fanout n1 free 0\n").number("free")).hasValue(0);
    }
}
