package org.jetfanout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Words and phrases that were retired (docs/words.md) do not come back. */
class RetiredWordsTest {
    private static final List<String> PLACES =
            List.of("src/main", "src/demo", "docs", "routes", "examples", "README.md");
    private static final String SEPARATOR = " => ";

    /** White space, a line break behind a comment's mark, or the break of a string. */
    private static final String SPACE = "(?: ?\"\\\\s*\\\\+\\\\s*\" ?|\\\\s+(?:[*#>|] )?)";

    /** A phrase, and what to say in its place. */
    private record Retired(Pattern pattern, String instead) {
        static Retired of(String line) {
            int separator = line.indexOf(SEPARATOR);
            assertThat(separator).as("no '%s' in: %s", SEPARATOR, line).isPositive();
            return new Retired(
                    Pattern.compile(
                            line.substring(0, separator).replaceAll(" +", SPACE),
                            Pattern.CASE_INSENSITIVE),
                    line.substring(separator + SEPARATOR.length()));
        }

        List<String> in(Path file, String text) {
            List<String> found = new ArrayList<>();
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                long line =
                        1
                                + text.substring(0, matcher.start())
                                        .chars()
                                        .filter(c -> c == '\n')
                                        .count();
                found.add(
                        "%s:%d: \"%s\"; instead: %s"
                                .formatted(
                                        file,
                                        line,
                                        matcher.group().replaceAll("\\s+", " "),
                                        instead));
            }
            return found;
        }
    }

    private static List<Retired> retired() throws IOException {
        try (InputStream list = RetiredWordsTest.class.getResourceAsStream("retired-words.txt")) {
            return new String(list.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Retired::of)
                    .toList();
        }
    }

    private static List<String> found(Path file, List<Retired> retired) {
        try {
            String text = Files.readString(file, UTF_8);
            return retired.stream().flatMap(word -> word.in(file, text).stream()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    @Test
    void noneComesBack() throws IOException {
        List<Retired> retired = retired();
        assertThat(retired).isNotEmpty();
        List<String> found = new ArrayList<>();
        for (String place : PLACES) {
            try (Stream<Path> files = Files.walk(Path.of(place))) {
                files.filter(Files::isRegularFile)
                        .filter(file -> !file.toString().matches(".*\\.(jar|png)"))
                        .forEach(file -> found.addAll(found(file, retired)));
            }
        }
        assertThat(found).isEmpty();
    }

    /** Over the break of a string and of a line, with the line on which it begins. */
    @Test
    void aPhraseIsFoundWhereverItIsBroken() {
        Retired word = Retired.of("left as it => not removed");
        Path file = Path.of("A.java");
        assertThat(word.in(file, "a\n\"left as\"\n   + \" it is\""))
                .containsExactly("A.java:2: \"left as\" + \" it\"; instead: not removed");
        assertThat(word.in(file, "/**\n * is left\n * as it was")).hasSize(1);
        assertThat(word.in(file, "left as\n\nit")).hasSize(1);
        assertThat(word.in(file, "left as is, it")).isEmpty();
    }
}
