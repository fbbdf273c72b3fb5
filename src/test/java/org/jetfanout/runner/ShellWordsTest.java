package org.jetfanout.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordsTest {
    private static final List<String> NASTY =
            List.of(
                    "",
                    " ",
                    "'",
                    "''a'",
                    "\"",
                    "\\",
                    "a\nb",
                    "$(id)",
                    "`id`",
                    "${HOME}",
                    "~",
                    "~/x",
                    "*",
                    "-oProxyCommand=x",
                    "A=b",
                    "#",
                    "!",
                    "a;b&c|d",
                    "\t\u0001\u001b[31m",
                    "ä€😀");

    @Test
    void shellTakesEachWordLiterally() throws Exception {
        assertThat(shell("printf '%s\\0' " + ShellWords.join(NASTY))).isEqualTo(NASTY);
    }

    @Test
    void splitUndoesJoin() {
        assertThat(ShellWords.split(ShellWords.join(NASTY))).isEqualTo(NASTY);
    }

    @Test
    void splitsAsTheShellDoes() throws Exception {
        String alphabet = "ab \t'\"\\\n-";
        Random random = new Random(7);
        int compared = 0;
        for (int i = 0; i < 400; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            List<String> words;
            try {
                words = ShellWords.split(text.toString());
            } catch (IllegalArgumentException e) {
                continue;
            }
            // an unquoted new line ends the shell's command, and here it is a blank
            if (text.indexOf("\n") < 0 && !words.isEmpty()) {
                compared++;
                assertThat(shell("printf '%s\\0' " + text)).as("%s", text).isEqualTo(words);
            }
        }
        assertThat(compared).isGreaterThan(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'a", "a \"b", "a\\"})
    void openQuotes(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ShellWords.split(text));
    }

    @Test
    void prefix() {
        assertThat(ShellWords.split("op run -- /usr/bin/jetp"))
                .containsExactly("op", "run", "--", "/usr/bin/jetp");
        assertThat(ShellWords.programs(List.of("op", "run", "--", "/usr/bin/jetp", "ssh")))
                .containsExactly("op", "/usr/bin/jetp");
        assertThat(ShellWords.programs(List.of("op", "run", "--", "jetp"))).containsExactly("op");
        assertThat(ShellWords.programs(List.of("jetp", "--"))).containsExactly("jetp");
    }

    @Test
    void homeOfTheProgramOnly() {
        assertThat(ShellWords.command(List.of("~/my bin/$x", "~/y", "--", "~/z")))
                .isEqualTo("\"$HOME\"'/my bin/$x' '~/y' -- \"$HOME\"/z");
        assertThat(ShellWords.command(List.of("~root/x"))).isEqualTo("'~root/x'");
    }

    @Test
    void noNul() {
        assertThatIllegalArgumentException().isThrownBy(() -> ShellWords.quote("a\0b"));
    }

    private static List<String> shell(String line) throws IOException {
        Process process = new ProcessBuilder("sh", "-c", line).start();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        List<String> words = new ArrayList<>(List.of(out.split("\0", -1)));
        words.remove(words.size() - 1);
        return words;
    }
}
