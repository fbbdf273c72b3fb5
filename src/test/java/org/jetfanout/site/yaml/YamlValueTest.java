package org.jetfanout.site.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class YamlValueTest {
    private static final Path FILE = Path.of("vars.yml");

    private static Object plain(String yaml) {
        return YamlValue.parse(FILE, yaml).orElseThrow().plain();
    }

    static Stream<Arguments> brokenTexts() {
        return Stream.of(
                Arguments.of(
                        "a: 1\nb: [ c\n",
                        3,
                        "while parsing a flow sequence, which begins at line 2"),
                Arguments.of(
                        "a: 'x\n\n\n", 4, "while scanning a quoted scalar, which begins at line 1"),
                Arguments.of("a: 1\n\tb: 2\n", 2, "TAB"),
                Arguments.of("a: 1\nb: \u0007\n", 2, "the character U+0007 is not allowed here"),
                Arguments.of("a: 1\nb: *x\n", 2, "x"),
                Arguments.of("a: 1\n---\nb: 1\n", 2, "a second document starts here"),
                Arguments.of(
                        "a: &a [ 1, *a ]\n",
                        1,
                        "the alias *a is inside the value that it" + " refers to"),
                Arguments.of("a: &a\n  b: { c: *a }\n", 2, "the alias *a is inside"));
    }

    @ParameterizedTest
    @MethodSource("brokenTexts")
    void whatIsBrokenHasItsLineAndOneLineOfText(String yaml, int line, String words) {
        assertThatThrownBy(() -> YamlValue.parse(FILE, yaml))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("vars.yml:" + line + ": ")
                .hasMessageContaining(words)
                .message()
                .doesNotContain("\n", "org.snakeyaml", "reader");
    }

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                Arguments.of("a: 1\nb: { c: 1, c: 2 }\n", 2, "key 'c' occurs twice, see line 2"),
                Arguments.of("a: 1\na: 1\n", 2, "key 'a' occurs twice, see line 1"),
                Arguments.of("a:\n  - !own b\n", 2, "the tag '!own' cannot be used here"),
                Arguments.of("a: !own { b: 1 }\n", 1, "the tag '!own' cannot"),
                Arguments.of("a: !!int many\n", 1, "cannot be used here"),
                Arguments.of("a: !!float many\n", 1, "cannot be used here"),
                Arguments.of("a: !!bool maybe\n", 1, "cannot be used here"),
                Arguments.of("a: !!int [ 1 ]\n", 1, "cannot be used here"),
                Arguments.of("\na: 123456789012345678901234567890\n", 2, "put it in quotes"),
                Arguments.of("a: -" + "9".repeat(1_000_000) + "\n", 1, "put it in quotes"));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void whatIsNoPlainValueHasItsLine(String yaml, int line, String words) {
        assertThatThrownBy(() -> plain(yaml))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("vars.yml:" + line + ": ")
                .hasMessageContaining(words)
                .message()
                .hasSizeLessThan(300)
                .doesNotContain("\n");
    }

    @Test
    void plainValues() {
        Map<Object, Object> values = new HashMap<>();
        values.put("a", 1);
        values.put("b", 1.5);
        values.put("c", true);
        values.put("d", null);
        values.put("e", "x");
        values.put("f", List.of(Double.POSITIVE_INFINITY, 1000.0));
        values.put(2, "two");
        assertThat(plain("{ a: 1, b: 1.5, c: true, d: null, e: x, f: [ .inf, 1e3 ], 2: two }"))
                .isEqualTo(values);
        assertThat(plain("[ 4294967296, 18446744073709551615, -9223372036854775808 ]"))
                .isEqualTo(
                        List.of(
                                4294967296L,
                                new BigInteger("18446744073709551615"),
                                Long.MIN_VALUE));
        assertThat(plain("a: &x { b: 1 }\nc: *x\n"))
                .isEqualTo(Map.of("a", Map.of("b", 1), "c", Map.of("b", 1)));
    }

    private static String aliases(int count) {
        return "a: &a { b: 1 }\nlist:\n"
                + IntStream.range(0, count).mapToObj(i -> "- *a\n").collect(Collectors.joining());
    }

    @Test
    void aliasesAreFreeUpToALimit() {
        assertThat(((Map<?, ?>) plain(aliases(51))).get("list")).asInstanceOf(LIST).hasSize(51);
        assertThat(((Map<?, ?>) plain(aliases(10_000))).get("list"))
                .asInstanceOf(LIST)
                .hasSize(10_000);
        // each line ten times the one before it: a billion laughs
        StringBuilder laughs = new StringBuilder("a0: &a0 ha\n");
        for (int n = 1; n < 12; n++) {
            String before = "*a" + (n - 1) + " ,";
            laughs.append("a%d: &a%d [ %s ]\n".formatted(n, n, before.repeat(10)));
        }
        assertThatThrownBy(() -> YamlValue.parse(FILE, laughs.toString()))
                .hasMessageStartingWith(
                        "vars.yml:8: with *a6 the aliases expand to more than 10,000,000");
        // few values, but long ones
        String text = "a: &a '" + "x".repeat(1_000_000) + "'\nb:\n" + "- *a\n".repeat(20);
        assertThatThrownBy(() -> YamlValue.parse(FILE, text))
                .hasMessageStartingWith("vars.yml:12: with *a the aliases expand to more");
    }

    static Stream<Arguments> deepTexts() {
        return Stream.of(
                Arguments.of("flow", (Deep) n -> "[".repeat(n) + "1" + "]".repeat(n)),
                Arguments.of("flow mappings", (Deep) n -> "{ a: ".repeat(n) + "1" + " }".repeat(n)),
                Arguments.of("dashes", (Deep) n -> "- ".repeat(n) + "1"),
                Arguments.of("unclosed", (Deep) n -> n > 200 ? "[".repeat(n) : "[]"),
                Arguments.of("indented", (Deep) YamlValueTest::indented),
                Arguments.of("keys", (Deep) n -> "? ".repeat(n) + "1"),
                Arguments.of(
                        "aliases",
                        (Deep)
                                n ->
                                        "a: &a0 [ 1 ]\n"
                                                + IntStream.range(1, n)
                                                        .mapToObj(
                                                                i ->
                                                                        "a%d: &a%d [ *a%d ]\n"
                                                                                .formatted(
                                                                                        i, i,
                                                                                        i - 1))
                                                        .collect(Collectors.joining())));
    }

    /** 200 MB of the deepest: no byte is copied more often than it must be. */
    private static String indented(int levels) {
        StringBuilder text = new StringBuilder(levels * (levels + 5) / 2);
        for (int level = 0; level < levels; level++) {
            text.append(" ".repeat(level)).append("a:\n");
        }
        return text.toString();
    }

    @FunctionalInterface
    interface Deep {
        String text(int levels);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("deepTexts")
    void nestingHasALimit(String name, Deep deep) {
        assertThat(plain(deep.text(100))).isNotNull();
        for (int levels : new int[] {130, 3000, 20_000}) {
            if (levels < 200 && name.equals("unclosed")) {
                continue;
            }
            assertThatThrownBy(() -> YamlValue.parse(FILE, deep.text(levels)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("vars.yml:")
                    .hasMessageContaining("nested more than 128 deep");
        }
    }

    static Stream<Arguments> longTexts() {
        int n = 3_000_000;
        return Stream.of(
                Arguments.of("a double-quoted line", "a: \"" + "x".repeat(n) + "\"\n"),
                Arguments.of("with escapes", "a: \"" + "\\n".repeat(n / 2) + "\"\n"),
                Arguments.of("with blanks", "a: \"" + "x ".repeat(n / 2) + "\"\n"),
                Arguments.of("a single-quoted line", "a: '" + "x''".repeat(n / 3) + "'\n"),
                Arguments.of("a plain line", "a: " + "xyz ".repeat(n / 4) + "\n"),
                Arguments.of("a plain word", "a: " + "x".repeat(n) + "\n"),
                Arguments.of("digits and dots", "a: " + "1.".repeat(n / 2) + "\n"),
                Arguments.of("a fraction", "a: 0." + "1".repeat(n) + "\n"),
                Arguments.of("plain lines", "a: x\n" + "  yz\n".repeat(n / 5)),
                Arguments.of("quoted lines", "a: \"\n" + "  yz\n".repeat(n / 5) + "  \"\n"),
                Arguments.of("empty lines in quotes", "a: \"" + "\n".repeat(n) + "  \"\n"),
                Arguments.of("a block text", "a: |\n" + "  yz\n".repeat(n / 5)),
                Arguments.of("a folded text", "a: >\n" + "  yz\n\n".repeat(n / 6)),
                Arguments.of("a block of one line", "a: |\n  " + "x".repeat(n) + "\n"),
                Arguments.of("empty lines in a block", "a: |\n" + "\n".repeat(n)),
                Arguments.of("a comment", "a: 1 # " + "x".repeat(n) + "\n"),
                Arguments.of("comments", "# x\n".repeat(n / 4) + "a: 1\n"),
                Arguments.of("blanks", "a:" + " ".repeat(n) + "1\n"),
                Arguments.of("empty lines", "\n".repeat(n) + "a: 1\n"),
                Arguments.of("a flow list", "a: [" + "1,".repeat(n / 20) + "1]\n"),
                Arguments.of("a flow list over lines", "a: [" + "1,\n ".repeat(n / 20) + "1]\n"),
                Arguments.of("a block list", "a:\n" + "- 1\n".repeat(n / 20)),
                Arguments.of(
                        "keys",
                        IntStream.range(0, n / 20)
                                .mapToObj(i -> "k" + i + ": 1\n")
                                .collect(Collectors.joining())),
                Arguments.of("other characters", "a: \"" + "ü€\ud83d\ude00".repeat(n / 4) + "\"\n"),
                Arguments.of("a long key", "\"" + "x".repeat(1000) + "\": 1\n"),
                Arguments.of("colons", "a: " + "x:x".repeat(n / 3) + "\n"),
                Arguments.of("a tag", "a: !" + "t".repeat(n) + " 1\n"),
                Arguments.of("an anchor", "a: &" + "t".repeat(n) + " 1\n"),
                Arguments.of("anchors", "a:\n" + "- &x 1\n".repeat(n / 40)),
                Arguments.of("unclosed", "a: \"" + "x".repeat(n)));
    }

    /** What the thread itself takes: a busy machine changes nothing. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("longTexts")
    void timeGrowsWithLength(String name, String yaml) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        try {
            YamlValue.parse(FILE, yaml).orElseThrow().plain();
        } catch (ConfigurationException e) {
            assertThat(e.getMessage()).hasSizeLessThan(1000);
        }
        long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
        assertThat(Duration.ofNanos(took)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void noCharacterIsCutInTwo() {
        for (int before = 0; before < 4; before++) {
            String text = "x".repeat(before) + "\ud83d\ude00".repeat(100_000);
            assertThat(plain("a: \"" + text + "\"\n")).isEqualTo(Map.of("a", text));
        }
    }

    @TempDir Path folder;

    @Test
    void filesThatCannotBeRead() throws Exception {
        Path file = folder.resolve("x.yml");
        assertThatThrownBy(() -> YamlValue.read(file)).hasMessage(file + ": no such file");
        assertThatThrownBy(() -> YamlValue.read(folder))
                .hasMessage(folder + ": is a folder, not a file");
        Files.write(file, "a: 1\nb: gr\u00fcn\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> YamlValue.read(file))
                .hasMessage(file + ":2: is not UTF-8 text: there is a byte 0xfc");
        assertThatThrownBy(() -> YamlValue.read(Path.of("/dev/zero")))
                .hasMessage("/dev/zero: is larger than 100 MiB");
    }

    @Test
    void keysHaveTheirOwnLines() {
        List<YamlValue.Entry> entries =
                YamlValue.parse(FILE, "a: 1\nchildren:\n\n  - b\n").orElseThrow().entries("it");
        assertThat(entries.get(1).key().line()).isEqualTo(2);
        assertThat(entries.get(1).value().line()).isEqualTo(4);
    }
}
