package org.jetfanout.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {
    private static final String ESC = "\u001b";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain ASCII, 127.0.0.11 => complete",
                "a\ttab",
                "\u2713 127.0.0.11 => complete \u2026",
                "Gr\u00fc\u00dfe \u65e5\u672c\u8a9e \ud83d\ude80"
            })
    void cleanTextComesBackAsTheSameObject(String clean) {
        assertThat(Text.forTerminal(clean)).isSameAs(clean);
        assertThat(Text.forTerminal(clean, false)).isSameAs(clean);
        assertThat(Text.plain(clean)).isSameAs(clean);
    }

    @Test
    void controlCharactersBecomeVisible() {
        assertThat(Text.forTerminal("a\u0007b\u0000c\u007fd\ne\rf"))
                .isEqualTo("a\\x07b\\x00c\\x7fd\\x0ae\\x0df");
        assertThat(Text.forTerminal("title" + ESC + "]0;owned\u0007"))
                .isEqualTo("title^[]0;owned\\x07");
        assertThat(Text.forTerminal(ESC + "[2J" + ESC + "[H" + ESC + "c"))
                .isEqualTo("^[[2J^[[H^[c");
    }

    @Test
    void c1ControlsBecomeVisible() {
        assertThat(Text.forTerminal("\u009b31m\u0090x\u009c"))
                .isEqualTo("<U+009B>31m<U+0090>x<U+009C>");
    }

    @Test
    void reorderingAndHiddenCharactersBecomeVisible() {
        assertThat(Text.forTerminal("user\u202enimda\u2066x\u200b\ufeff\u2028"))
                .isEqualTo("user<U+202E>nimda<U+2066>x<U+200B><U+FEFF><U+2028>");
        assertThat(Text.forTerminal("tag\udb40\udc41")).isEqualTo("tag<U+E0041>");
        assertThat(Text.forTerminal("half\ud83d")).isEqualTo("half<U+D83D>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    %[31mred%[0m          | red
                    %[31                  | 31
                    a%]0;title%\\b        | ab
                    a%]0;without an end   | a0;without an end
                    a%(Bb                 | ab
                    a\tb\u202ec           | a\tb\u202ec
                    """)
    void escapeSequencesAloneAreTakenOut(String text, String plain) {
        assertThat(Text.withoutEscapes(text.replace("%", ESC))).isEqualTo(plain);
    }

    /** In a store's pages they would turn text around as on a screen. */
    @ParameterizedTest
    @ValueSource(
            ints = {
                0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e,
                0x200f, 0x061c
            })
    void whatReordersTextIsVisibleInStoresToo(int bidi) {
        String text = "ok" + Character.toString(bidi) + "deliaf";
        String visible = "ok<U+%04X>deliaf".formatted(bidi);
        assertThat(Text.plain(text)).isEqualTo(visible);
        assertThat(Text.plainLines("a\n" + text + "\nb")).isEqualTo("a\n" + visible + "\nb");
        assertThat(Text.forTerminal(text)).isEqualTo(visible);
        assertThat(Text.plain("שלום عربي")).isEqualTo("שלום عربي");
    }

    @Test
    void aCarriageReturnAtTheEndIsDropped() {
        assertThat(Text.forTerminal("line\r")).isEqualTo("line");
        assertThat(Text.plain("line\r")).isEqualTo("line");
        assertThat(Text.forTerminal("old\rnew\r")).isEqualTo("old\\x0dnew");
    }

    @Test
    void coloursPassAndTheLineIsReset() {
        assertThat(Text.forTerminal(ESC + "[31mred" + ESC + "[39m"))
                .isEqualTo(ESC + "[31mred" + ESC + "[39m" + ESC + "[0m");
        assertThat(Text.forTerminal(ESC + "[1;38;5;239mx" + ESC + "[0m"))
                .isEqualTo(ESC + "[1;38;5;239mx" + ESC + "[0m");
        assertThat(Text.forTerminal(ESC + "[7mx" + ESC + "[m")).endsWith(ESC + "[m");
    }

    @Test
    void coloursAreDroppedWhereThereIsNone() {
        assertThat(Text.forTerminal(ESC + "[31mred" + ESC + "[39m", false)).isEqualTo("red");
    }

    @Test
    void concealedTextIsNotConcealed() {
        assertThat(Text.forTerminal(ESC + "[8mhidden")).isEqualTo("hidden");
        assertThat(Text.forTerminal(ESC + "[1;08mhidden")).isEqualTo("hidden");
        // 8 as a colour number is a colour
        assertThat(Text.forTerminal(ESC + "[38;5;8mgrey")).startsWith(ESC + "[38;5;8m");
        assertThat(Text.forTerminal(ESC + "[38;2;8;8;8;8mhidden")).isEqualTo("hidden");
    }

    @ParameterizedTest
    @CsvSource({"[31", "[31;x31m", "[?25l", "[1 m", "[31:2m", "[38;5;1"})
    void whatOnlyLooksLikeAColourIsVisible(String sequence) {
        assertThat(Text.forTerminal(ESC + sequence)).isEqualTo("^[" + sequence);
    }

    @Test
    void anEndlessColourIsNone() {
        assertThat(Text.forTerminal(ESC + "[" + "1;".repeat(1000) + "m")).startsWith("^[[1;1;");
    }

    @Test
    void plainTakesSequencesOut() {
        assertThat(Text.plain(ESC + "[36m  ..... h : tier web" + ESC + "[39m"))
                .isEqualTo("  ..... h : tier web");
        assertThat(Text.plain("a" + ESC + "]8;;http://x" + ESC + "\\link" + ESC + "]8;;\u0007b"))
                .isEqualTo("alinkb");
        assertThat(Text.plain("a" + ESC + "P1;2|dcs" + ESC + "\\b" + ESC + "_apc\u009cc"))
                .isEqualTo("abc");
        assertThat(Text.plain("\u009b31mred\u009d0;t\u0007!")).isEqualTo("red!");
        assertThat(Text.plain("a" + ESC + "(Bb" + ESC + "7c" + ESC + "[?1049hd")).isEqualTo("abcd");
    }

    @Test
    void plainHidesNothingInASequenceThatDoesNotEnd() {
        assertThat(Text.plain("a" + ESC + "]0;rm -rf /")).isEqualTo("a0;rm -rf /");
        assertThat(Text.plain("a" + ESC + "[31")).isEqualTo("a31");
        assertThat(Text.plain("a" + ESC)).isEqualTo("a^[");
        assertThat(Text.plain(ESC + ESC + "[31mx")).isEqualTo("^[x");
        assertThat(Text.plain(ESC + "]0;a" + ESC + "[31mb\u0007")).isEqualTo("0;ab\\x07");
    }

    /** What the thread itself takes: a busy machine changes nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u009d",
                "\u0090x",
                "\u009b1;",
                "\u001b]",
                "\u001bP\u009d",
                "\u001b[1;",
                "\u001b(",
                "\ud800",
                "\u202e",
            })
    void timeGrowsWithLength(String piece) {
        String line = piece.repeat(1_000_000 / piece.length());
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        assertThat(Text.plain(line)).isNotNull();
        assertThat(Text.forTerminal(line)).isNotNull();
        assertThat(Redaction.defaults().apply(line)).isNotNull();
        long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
        assertThat(Duration.ofNanos(took)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void nothingThatComesOutCanSteerATerminal() {
        Random random = new Random(7);
        String alphabet = ESC + ESC + "[]P\\;0138mHJ?h\u0007\u009b\u009d\u009c\r\n\t x\u202e\u2713";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder hostile = new StringBuilder();
            for (int i = random.nextInt(30); i >= 0; i--) {
                hostile.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String plain = Text.plain(hostile.toString());
            assertThat(plain).doesNotContainPattern("[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f]");
            String uncoloured = Text.forTerminal(hostile.toString(), false);
            assertThat(uncoloured)
                    .doesNotContainPattern("[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f\\u202e]");
            String coloured = Text.forTerminal(hostile.toString());
            assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(uncoloured);
            if (coloured.contains(ESC)) {
                assertThat(coloured).containsPattern("\u001b\\[0*m[^\u001b]*$");
            }
        }
    }

    @Test
    void bytesThatAreNoTextBecomeVisible() {
        byte[] bytes = {'a', (byte) 0xff, 'b', (byte) 0xe2, (byte) 0x9c, 'c', (byte) 0xc3};
        assertThat(Text.decode(bytes)).isEqualTo("a\\xffb\\xe2\\x9cc\\xc3");
        assertThat(Text.decode(new byte[] {(byte) 0xc0, (byte) 0xaf})).isEqualTo("\\xc0\\xaf");
        // a surrogate half in UTF-8 is none
        assertThat(Text.decode(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}))
                .isEqualTo("\\xed\\xa0\\x80");
    }

    @Test
    void validTextIsDecodedAsItIs() {
        String text = "\u2713 \ufffd \ud83d\ude80";
        assertThat(Text.decode(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
        assertThat(Text.decode("abc".getBytes(StandardCharsets.UTF_8), 1, 2)).isEqualTo("b");
    }
}
