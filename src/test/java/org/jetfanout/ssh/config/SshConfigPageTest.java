package org.jetfanout.ssh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.Algorithms;
import org.jetfanout.ssh.KeyExchanges;
import org.jetfanout.ssh.config.ConfigKeyword.Use;
import org.junit.jupiter.api.Test;

/** docs/ssh-config.md and the code say the same. */
class SshConfigPageTest {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private final String page = read();

    private static String read() {
        try {
            return Files.readString(Path.of("docs/ssh-config.md"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String section(String title) {
        int from = page.indexOf("\n## " + title);
        assertThat(from).as(title).isPositive();
        int to = page.indexOf("\n## ", from + 1);
        return page.substring(from, to < 0 ? page.length() : to);
    }

    private static List<String> code(String text) {
        List<String> found = new ArrayList<>();
        Matcher code = CODE.matcher(text);
        while (code.find()) {
            found.add(code.group(1));
        }
        return found;
    }

    /** The code in the cells of a column. */
    private static List<String> column(String section, int number) {
        return section.lines()
                .filter(line -> line.startsWith("| `"))
                .flatMap(line -> code(line.split(" \\| ", -1)[number]).stream())
                .toList();
    }

    private static Set<String> keywords(Use use) {
        Set<String> keywords = new TreeSet<>();
        Stream.of(ConfigKeyword.values())
                .filter(keyword -> keyword.use() == use)
                .forEach(keyword -> keywords.add(keyword.written()));
        return keywords;
    }

    @Test
    void namesWhatIsFollowedAndWhatRefusesAWorker() {
        assertThat(new TreeSet<>(column(section("Supported options"), 0)))
                .isEqualTo(keywords(Use.FOLLOWED));
        assertThat(new TreeSet<>(column(section("Options that refuse a worker"), 0)))
                .isEqualTo(keywords(Use.REFUSED));
        assertThat(column(section("Options that `ssh` evaluates"), 0))
                .containsAll(keywords(Use.ASKED))
                .hasSize(keywords(Use.ASKED).size() + 2); // and their plain values
    }

    @Test
    void namesTheAlgorithmsThatAreOfferedInTheirOrder() {
        List<List<String>> rows =
                section("Algorithms")
                        .lines()
                        .filter(line -> line.startsWith("| `"))
                        .map(SshConfigPageTest::code)
                        .toList();
        assertThat(rows)
                .containsExactly(
                        row("KexAlgorithms", KeyExchanges.USUAL),
                        row("Ciphers", Algorithms.CIPHERS),
                        row("MACs", Algorithms.MACS),
                        row("HostKeyAlgorithms", Algorithms.HOST_KEYS));
    }

    private static List<String> row(String keyword, List<String> names) {
        List<String> row = new ArrayList<>(List.of(keyword));
        row.addAll(names);
        return row;
    }

    @Test
    void whatIsThereForWhoNamesItIsThere() {
        String more = section("Algorithms").split("These are available if you name them", -1)[1];
        for (String name : code(more.substring(0, more.indexOf("\n\n")))) {
            assertThat(
                            Stream.of(
                                            ConfigKeyword.KEX,
                                            ConfigKeyword.CIPHERS,
                                            ConfigKeyword.HOST_KEY_ALGORITHMS)
                                    .anyMatch(keyword -> has(keyword, name)))
                    .as(name)
                    .isTrue();
        }
    }

    private static boolean has(ConfigKeyword keyword, String name) {
        ConfigLine line =
                new ConfigLine(
                        Path.of("config"),
                        1,
                        keyword.written().toLowerCase(Locale.ROOT),
                        keyword.written(),
                        name);
        try {
            Algorithms.of(KeyExchanges.USUAL, new ConfiguredAlgorithms(Map.of(keyword, line), 0));
            return true;
        } catch (ConfigurationException e) {
            return false;
        }
    }
}
