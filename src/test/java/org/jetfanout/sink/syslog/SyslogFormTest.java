package org.jetfanout.sink.syslog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.testkit.stores.SampleRecords;
import org.junit.jupiter.api.Test;

/** Messages held against the words of RFC 5424. */
final class SyslogFormTest {
    private static final SyslogForm FORM =
            new SyslogForm(1, "jetfanout@32473", "control.example.com", 8192, true);

    @Test
    void aLine() {
        assertThat(text(SampleRecords.line(7, "all well")))
                .isEqualTo(
                        "<14>1 2026-03-01T10:20:30.456Z worker1 jet-fanout b1 output"
                                + " [jetfanout@32473 guid=\"the-guid\" batch=\"b1\" worker=\"worker1\""
                                + " group=\"group1\" host=\"web0\" id=\"the-guid:b1:output:7\"]"
                                + " all well");
    }

    @Test
    void severityByOutcomeAndLevel() {
        assertThat(text(SampleRecords.event(1, "x", "failure"))).startsWith("<11>1 ");
        assertThat(text(SampleRecords.event(1, "x", "success"))).startsWith("<14>1 ");
        assertThat(text(level("error"))).startsWith("<11>1 ");
        assertThat(text(level("warning"))).startsWith("<12>1 ");
        assertThat(text(level("info"))).startsWith("<14>1 ");
        assertThat(text(level("debug"))).startsWith("<15>1 ");
        assertThat(new String(of(new SyslogForm(23, "a@1", "c", 8192, true), level("info")), UTF_8))
                .startsWith("<190>1 ");
    }

    @Test
    void aRecordOfNoWorkerIsTheControlMachines() {
        assertThat(text(plain("", "-", "", "hello")))
                .isEqualTo(
                        "<14>1 2026-03-01T10:20:30.456Z control.example.com jet-fanout - log"
                                + " [jetfanout@32473 guid=\"g\" id=\"g:-:log:1\"] hello");
    }

    /** Sections 6.2.4 to 6.2.7: printable ASCII of limited length. */
    @Test
    void namesInTheHeaderAreAsciiWithoutSpaces() {
        String text = text(plain("w 1\n\u00e4\u20ac\"", "b ".repeat(100), "h", "x"));
        String[] header = text.split(" ", 7);
        assertThat(header[2]).isEqualTo("w?1????\"".replace("????", "???"));
        assertThat(header[4]).isEqualTo("b?".repeat(64));
        assertThat(text(plain("w".repeat(300), "b", "h", "x")).split(" ", 7)[2]).hasSize(255);
    }

    /** Section 6.3.3. */
    @Test
    void valuesAreEscaped() {
        assertThat(text(plain("w", "b", "a\"b\\c]d[e=f \u00e4\u20ac\ud83d\ude00", "x")))
                .contains(" host=\"a\\\"b\\\\c\\]d[e=f \u00e4\u20ac\ud83d\ude00\" ");
        assertThat(text(plain("w", "b", "\"] evil", "x"))).contains(" host=\"\\\"\\] evil\" ");
    }

    @Test
    void noControlCharacterIsLeft() {
        String text =
                text(plain("w\u0000", "b\r\n", "h\u001b[31m\u0085", "a\tb\nc\u001b[0m\u0007d"));
        assertThat(text.chars().filter(c -> c < 0x20 || (c > 0x7e && c < 0xa0))).isEmpty();
        assertThat(text).endsWith("] a b\\x0acd".replace("cd", "c\\x07d"));
    }

    /** Section 6.4: the mark says that it is UTF-8, so that plain ASCII needs none. */
    @Test
    void textThatIsNoAsciiIsMarked() {
        assertThat(text(SampleRecords.line(1, "h\u00e4"))).endsWith("] \ufeffh\u00e4");
        SyslogForm without = new SyslogForm(1, "a@1", "c", 8192, false);
        assertThat(new String(of(without, SampleRecords.line(1, "h\u00e4")), UTF_8))
                .endsWith("] h\u00e4");
    }

    @Test
    void whatDoesNotFitIsCutBetweenCharactersAndSaysSo() {
        for (int size = 480; size < 490; size++) {
            SyslogForm small = new SyslogForm(1, "jetfanout@32473", "c", size, true);
            SyslogForm.Message message =
                    small.of(SampleRecords.line(1, "\u20ac".repeat(500))).orElseThrow();
            String text = new String(message.bytes(), UTF_8);
            assertThat(message.cut()).isTrue();
            assertThat(message.bytes().length).isBetween(size - 2, size);
            assertThat(text).contains(" cut=\"true\"] \ufeff\u20ac").endsWith("\u20ac");
            assertThat(text).doesNotContain("\ufffd");
        }
        assertThat(FORM.of(SampleRecords.line(1, "short")).orElseThrow().cut()).isFalse();
    }

    @Test
    void aRecordWhoseNamesDoNotFitIsNone() {
        SyslogForm small = new SyslogForm(1, "jetfanout@32473", "c", 480, true);
        assertThat(small.of(plain("w", "b", "h".repeat(480), "x"))).isEmpty();
    }

    private static LogDocument level(String level) {
        LogDocument document = SampleRecords.line(1, "x");
        return new LogDocument(
                document.id(),
                document.time(),
                document.guid(),
                document.batch(),
                document.worker(),
                document.workerGroup(),
                document.host(),
                document.stream(),
                document.offset(),
                document.message(),
                "",
                level,
                document.json());
    }

    private static LogDocument plain(String worker, String batch, String host, String message) {
        return new LogDocument(
                "g:" + batch + ":log:1",
                SampleRecords.TIME,
                "g",
                batch,
                worker,
                "",
                batch.equals("-") ? "" : host,
                "log",
                1,
                message,
                "",
                "info",
                new byte[0]);
    }

    private static String text(LogDocument document) {
        return new String(of(FORM, document), UTF_8);
    }

    private static byte[] of(SyslogForm form, LogDocument document) {
        byte[] bytes = form.of(document).orElseThrow().bytes();
        return Arrays.copyOf(bytes, bytes.length);
    }
}
