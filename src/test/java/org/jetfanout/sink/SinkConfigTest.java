package org.jetfanout.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Home;
import org.jetfanout.sink.shipping.ShippingLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sinks' configuration, and the settings of one. */
class SinkConfigTest {
    private static final Setting<Integer> NUMBER = number("n");
    private static final Setting<Boolean> FLAG =
            Setting.of("on", SettingType.flag(), "").orElse("false");
    private static final Setting<Duration> TIME = Setting.of("time", SettingType.timeout(), "");
    private static final Setting<Long> SIZE =
            Setting.of("size", SettingType.size(0, Long.MAX_VALUE), "");
    private static final Setting<String> URL =
            Setting.of("url", SettingType.url(List.of("https")), "");

    @TempDir Path folder;

    private static Setting<Integer> number(String name) {
        return Setting.of(name, SettingType.number(1, 9), "").orElse("1");
    }

    private static Setting<String> text(String name) {
        return Setting.of(name, SettingType.text(), "");
    }

    private SinkConfig config(String text) throws IOException {
        return config(text, Map.of());
    }

    private SinkConfig config(String text, Map<String, String> environment) throws IOException {
        Path file = Files.writeString(folder.resolve("sinks.properties"), text);
        return SinkConfig.read(Optional.of(file), environment);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> wrong(Runnable work) {
        return assertThatThrownBy(work::run).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void switchesOnWhatTheFileAndTheCommandLineSay() throws IOException {
        SinkConfig config = config("sinks = file, es ,,file\n");
        assertThat(config.sinks(List.of())).containsExactly("es", "file");
        assertThat(config.sinks(List.of("zoo", "es"))).containsExactly("es", "file", "zoo");
        assertThat(config("").sinks(List.of())).isEmpty();
    }

    @Test
    void whatIsWrongIsToldInOurOwnWords() throws IOException {
        wrong(() -> unchecked("a.b = c\n = d\n")).hasMessageContaining("unknown key ''");
        wrong(() -> unchecked("# \\u is a comment\na.b = x\\u12\n"))
                .hasMessageContaining("sinks.properties:2: ");
        assertThat(config("a.b = \\u00e9\n").settings("a").values()).containsEntry("b", "é");
        wrong(() -> unchecked("redact.a = x\\\n").redaction())
                .hasMessageEndingWith(
                        "is not a valid regular expression: it ends in the middle of an escape");
        Path file = folder.resolve("latin.properties");
        Files.write(file, new byte[] {'a', '.', 'b', '=', 'c', '\n', (byte) 0xfc});
        wrong(() -> SinkConfig.read(Optional.of(file), Map.of()))
                .hasMessage(file + ":2: is not UTF-8 text: there is a byte 0xfc");
        wrong(() -> SinkConfig.read(Optional.of(folder), Map.of()))
                .hasMessage(folder + ": is a folder, not a file");
        wrong(() -> SinkConfig.read(Optional.of(folder.resolve("x")), Map.of()))
                .hasMessageEndingWith("x: no such file");
    }

    @Test
    void theUsualFileNeedNotBeThere() throws IOException {
        Map<String, String> home = Map.of("HOME", folder.toString());
        assertThat(SinkConfig.read(Optional.empty(), home).sinks(List.of())).isEmpty();
        Path usual = SinkConfig.usual(home);
        assertThat(usual).isEqualTo(folder.resolve(".config/jet-fanout/sinks.properties"));
        Files.createDirectories(usual.getParent());
        Files.writeString(usual, "sinks=file\n");
        assertThat(SinkConfig.read(Optional.empty(), home).sinks(List.of()))
                .containsExactly("file");
        assertThat(SinkConfig.usual(Map.of("HOME", "/h", "XDG_CONFIG_HOME", "/x")))
                .isEqualTo(Path.of("/x/jet-fanout/sinks.properties"));
        assertThat(SinkConfig.usual(Map.of("HOME", "/h", "XDG_CONFIG_HOME", "relative")))
                .isEqualTo(Path.of("/h/.config/jet-fanout/sinks.properties"));
        wrong(() -> SinkConfig.read(Optional.of(folder.resolve("none")), Map.of()))
                .hasMessageContaining("none");
    }

    @Test
    void wrongFilesAreNamed() {
        wrong(() -> unchecked("sink = file\n"))
                .hasMessageContaining("sinks.properties")
                .hasMessageContaining("unknown key 'sink' (nearest: 'sinks')");
        wrong(() -> unchecked("a.b = \\u00\n"))
                .hasMessageContaining("sinks.properties:1: \\u must be followed by the four");
        wrong(() -> unchecked("redact.x = (\n").redaction())
                .hasMessageContaining("redact.x: is not a valid regular expression");
    }

    private SinkConfig unchecked(String text) {
        try {
            return config(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void masksMoreThanTheDefaults() throws IOException {
        assertThat(config("redact.pin = PIN \\d+\n").redaction().apply("the PIN 1234 it is"))
                .doesNotContain("1234");
        assertThat(config("").redaction().apply("password=hunter2")).doesNotContain("hunter2");
    }

    /** Each pattern as it stands in the file, and a line whose secret it finds. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "redact.a = \\b\\d{6}\\b ~ code 123456 sent",
                "redact.a=\\b\\d{6}\\b ~ code 123456 sent",
                "redact.a : \\b\\d{6}\\b ~ code 123456 sent",
                "redact.a \\b\\d{6}\\b ~ code 123456 sent",
                "  redact.a = (?i)k\\u0065y=(\\S+) ~ the KEY=123456",
                "redact.a = \\Q123456\\E ~ it is 123456",
                "redact.a = [^\\x00-\\x2f\\x3a-\\xff]{6} ~ it is 123456",
                "redact.a = pin:\\s*\\d+#? ~ pin: 123456#",
                "redact.a = C:\\\\pin\\\\(\\d+) ~ in C:\\pin\\123456",
            })
    void patternsAreReadAsWritten(String line, String text) throws IOException {
        String file =
                "x.y = a\\\n  b\n#a comment \\d\n" + line + "\nredact.b = zzz\nz.y = a\\\\b\n";
        SinkConfig config = config(file + "redact.a.example = " + text + "\n");
        assertThat(config.redaction().apply(text)).doesNotContain("123456").contains("[redacted]");
        assertThat(config.settings("x").find(text("y"))).contains("ab");
        assertThat(config.settings("z").find(text("y"))).contains("a\\b");
    }

    @Test
    void aPatternThatFindsNothingIsAnError() {
        wrong(() -> unchecked("redact.x = \\\\d{6}\nredact.x.example = 123456\n").redaction())
                .hasMessageContaining(
                        "redact.x: does not match its own example (redact.x.example)");
        wrong(() -> unchecked("redact.x = ^\\d{6}$\nredact.x.example = a 123456\n").redaction())
                .hasMessageContaining("redact.x: does not match its own example");
        wrong(() -> unchecked("redact.x = (\\d*)\nredact.x.example = abc\n").redaction())
                .hasMessageContaining("redact.x: does not match its own example");
        // as it had to be written before
        wrong(() -> unchecked("redact.x = \\\\b\\\\d{6}\\\\b\n").redaction())
                .hasMessageContaining("redact.x: looks for a backslash")
                .hasMessageContaining("redact.x.example");
        wrong(() -> unchecked("redact.x =\n").redaction())
                .hasMessageContaining("redact.x: is empty");
        wrong(() -> unchecked("redact.y.example = 1\n").redaction())
                .hasMessageContaining("an example of redact.y, which does not exist");
    }

    @Test
    void noBackslashOfAnyValueIsLost() {
        wrong(() -> unchecked("a.b = 1\nsplunk.token = pa\\ss\n"))
                .hasMessageContaining("sinks.properties:2: write a backslash in a value twice")
                .hasMessageNotContaining("pa\\ss");
        assertThat(unchecked("s.x = pa\\\\ss\n").settings("s").find(text("x"))).contains("pa\\ss");
    }

    @Test
    void theEnvironmentWins() throws IOException {
        SinkConfig config =
                config(
                        "es.url = https://file\nes.user = u\nother.user = v\n",
                        Map.of(
                                "JET_FANOUT_ES_URL", "https://environment",
                                "JET_FANOUT_ES_API_KEY", " secret ",
                                "JET_FANOUT_OTHER", "x"));
        assertThat(config.settings("es").values())
                .isEqualTo(
                        Map.of(
                                "url", "https://environment",
                                "user", "u",
                                "api-key", "secret"));
    }

    @Test
    void valuesAreTyped() throws IOException {
        SinkSettings settings =
                config(
                                """
                                s.n = 7
                                s.on = true
                                s.time = 1m
                                s.size = 2G
                                s.file = /x
                                s.home = ~/x y
                                s.empty =
                                """)
                        .settings("s");
        assertThat(settings.get(NUMBER)).isEqualTo(7);
        assertThat(settings.get(number("none"))).isEqualTo(1);
        assertThat(settings.get(FLAG)).isTrue();
        assertThat(settings.get(TIME)).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.get(SIZE)).isEqualTo(2L << 30);
        assertThat(settings.find(Setting.of("file", SettingType.file(), "")))
                .contains(Path.of("/x"));
        assertThat(settings.find(Setting.of("home", SettingType.file(), "")))
                .contains(Home.ofUser().path().resolve("x y"));
        assertThat(settings.find(text("empty"))).isEmpty();
        assertThat(settings.get(text("empty").orElse("else"))).isEqualTo("else");
    }

    @Test
    void wrongValuesAreNamedWithoutThem() throws IOException {
        SinkSettings settings =
                config(
                                """
                                s.n = secret1
                                s.on = secret2
                                s.time = 5
                                s.size = secret3
                                s.url = https://u:secret4@h
                                """)
                        .settings("s");
        wrong(() -> settings.get(NUMBER))
                .hasMessageContaining("sinks.properties:1: s.n: must be a number from 1 to 9");
        wrong(() -> settings.get(FLAG)).hasMessageContaining("s.on: must be true or false");
        wrong(() -> settings.get(TIME)).hasMessageContaining("s.time");
        wrong(() -> settings.get(SIZE)).hasMessageContaining("s.size");
        wrong(() -> settings.get(URL))
                .hasMessageContaining("s.url")
                .hasMessageNotContaining("secret");
        wrong(() -> settings.get(text("token")))
                .hasMessageContaining("s.token: is missing")
                .hasMessageContaining("JET_FANOUT_S_TOKEN");
        wrong(() -> settings.check(List.of(URL, SIZE))).hasMessageContaining("s.n: unknown key");
    }

    @Test
    void whatIsWrongIsToldWithItsPlace() throws IOException {
        String file = "# ours\ns.one = \\\n  1\ns.n = 5\n\ns.on = maybe\n";
        SinkSettings settings =
                config(file, Map.of("JET_FANOUT_S_N", "many", "JET_FANOUT_S_MO", "1"))
                        .settings("s");
        wrong(() -> settings.check(List.of(NUMBER, number("more"), number("one"), FLAG)))
                .hasMessage(
                        "environment variable JET_FANOUT_S_MO: s.mo: unknown key (nearest:"
                                + " 'more')");
        wrong(() -> settings.check(List.of(NUMBER, number("mo"), number("one"), FLAG)))
                .hasMessage(
                        "environment variable JET_FANOUT_S_N: s.n: must be a number from 1 to 9");
        wrong(() -> settings.get(FLAG))
                .hasMessageEndingWith("sinks.properties:6: s.on: must be true or false");
        assertThat(settings.get(number("one"))).isEqualTo(1);
        wrong(() -> settings.get(Setting.of("one", SettingType.timeout(), "")))
                .hasMessageContaining("sinks.properties:2: s.one: must be a duration");
    }

    @Test
    void secretsAreNotShown() throws IOException {
        SinkSettings settings = config("s.url = https://h\ns.token = hush\n").settings("s");
        assertThat(settings.shown(List.of(URL, text("token").hidden(), NUMBER)))
                .containsExactly(Map.entry("url", "https://h"), Map.entry("token", "***"));
    }

    @Test
    void everySinkHasSomeKeys() throws IOException {
        SinkSettings settings =
                config("s.records = 10\ns.bytes = 64k\ns.backlog-limit = 500m\n").settings("s");
        ShippingLimits limits = ShippingLimits.of(settings.check(List.of()));
        assertThat(limits.documents()).isEqualTo(10);
        assertThat(limits.bytes()).isEqualTo(64 << 10);
        assertThat(limits.backlogLimit()).hasValue(500L << 20);
        assertThat(limits.withoutLimit().backlogLimit()).isEmpty();
        ShippingLimits usual = ShippingLimits.of(config("").settings("s"));
        assertThat(usual.documents()).isEqualTo(5000);
        assertThat(usual.bytes()).isEqualTo(5 << 20);
        assertThat(usual.backlogLimit()).isEmpty();
        wrong(() -> ShippingLimits.of(unchecked("s.bytes = 3g\n").settings("s")))
                .hasMessageContaining("s.bytes: must be at most 100MiB");
        wrong(() -> ShippingLimits.of(unchecked("s.records = 0\n").settings("s")))
                .hasMessageContaining("s.records");
    }

    @Test
    void someNamesAreNone() {
        assertThat(List.of("es", "my-hook", "a1")).allMatch(SinkConfig::isName);
        assertThat(List.of("", "sinks", "redact", "../x", "A", "-x", "a.b", "x".repeat(70)))
                .noneMatch(SinkConfig::isName);
    }
}
