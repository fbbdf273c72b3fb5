package org.jetfanout.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.Test;

class QuotedTest {
    @Test
    void whatCannotBeSeenIsMadeVisible() {
        assertThat(Quoted.of("web")).isEqualTo("'web'");
        assertThat(Quoted.of("")).isEqualTo("''");
        assertThat(Quoted.of(" a\u00a0b\t\n")).isEqualTo("' a\\u00a0b\\t\\n'");
        assertThat(Quoted.of("\u202e\u001b\ud800\ud83d\ude00"))
                .isEqualTo("'\\u202e\\u001b\\ud800\ud83d\ude00'");
        assertThat(Quoted.of("\udb40\udc01")).isEqualTo("'\\U000e0001'");
    }

    @Test
    void whatIsLongIsCut() {
        assertThat(Quoted.of("x".repeat(80))).hasSize(82);
        assertThat(Quoted.of("x".repeat(5_000_000))).hasSize(83).endsWith("…'");
        assertThat(Quoted.of("\ud83d\ude00".repeat(100)))
                .isEqualTo("'" + "\ud83d\ude00".repeat(80) + "…'");
    }

    @Test
    void anExcerptIsTheBeginning() {
        assertThat(Quoted.excerpt("a\nb")).isEqualTo("a\\nb");
        assertThat(Quoted.excerpt("x".repeat(5_000_000))).hasSize(300);
        assertThat(Quoted.excerpt("\ud83d\ude00".repeat(301)))
                .isEqualTo("\ud83d\ude00".repeat(300));
    }

    @Test
    void aFileWithABlankNameCanBeSeen() {
        assertThat(ConfigurationException.at(Path.of(" "), "no such file"))
                .hasMessage("' ': no such file");
        assertThat(ConfigurationException.at(Path.of("a b"), 3, "x")).hasMessage("a b:3: x");
    }
}
