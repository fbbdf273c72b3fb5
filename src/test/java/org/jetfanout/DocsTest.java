package org.jetfanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What pages say of files and tests: all of these are there. */
final class DocsTest {
    private static final Set<String> FOLDERS =
            Set.of("docs", "examples", "compose", "dashboards", ".github");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.*)$");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)`");
    private static final Pattern TEST =
            Pattern.compile("\\b([A-Z]\\w+(?:Test|IT))(?:[.#](?!java\\b)([a-z]\\w+))?\\b");

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(""))) {
            files.filter(DocsTest::isPage).forEach(pages::add);
        }
        for (String folder : FOLDERS) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                files.filter(DocsTest::isPage).forEach(pages::add);
            }
        }
        return pages;
    }

    private static boolean isPage(Path file) {
        return file.toString().endsWith(".md");
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        List<Path> pages = pages();
        for (Path page : pages) {
            Matcher link = LINK.matcher(prose(page));
            while (link.find()) {
                if (!link.group(1).contains("://") && !leads(page, link.group(1))) {
                    broken.add(page + ": " + link.group(1));
                }
            }
        }
        assertThat(pages).hasSizeGreaterThan(40);
        assertThat(broken).isEmpty();
    }

    private static boolean leads(Path page, String link) throws IOException {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
        return Files.exists(target)
                && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
    }

    /** As GitHub makes them: of two alike the second gets -1. */
    private static Set<String> anchors(Path page) throws IOException {
        Set<String> anchors = new TreeSet<>();
        Matcher heading = HEADING.matcher(prose(page));
        while (heading.find()) {
            String anchor =
                    heading.group(1)
                            .strip()
                            .toLowerCase(Locale.ROOT)
                            .replaceAll("[^\\p{L}\\p{N}\\p{Pc} -]", "")
                            .replace(' ', '-');
            int again = 0;
            while (!anchors.add(again == 0 ? anchor : anchor + "-" + again)) {
                again++;
            }
        }
        return anchors;
    }

    private static String prose(Path page) throws IOException {
        return BLOCK.matcher(Files.readString(page)).replaceAll("");
    }

    /** Pages name the tests that hold them; so nobody removes one without being told. */
    @Test
    void everyTestThatIsNamedIsThere() throws IOException {
        List<String> missing = new ArrayList<>();
        for (Path page : pages()) {
            Matcher test = TEST.matcher(Files.readString(page));
            while (test.find()) {
                if (!hasTest(test.group(1), test.group(2))) {
                    missing.add(page + ": " + test.group());
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    /** Classes are renamed, and pages that lead to them must follow. */
    @Test
    void everyClassThatContributorsAreSentToIsThere() throws IOException {
        Set<String> sources = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            files.map(file -> file.getFileName().toString()).forEach(sources::add);
        }
        for (String page : List.of("CONTRIBUTING.md", "docs/architecture.md")) {
            String text = Files.readString(Path.of(page));
            assertThat(CLASS.matcher(text).results().map(found -> found.group(1) + ".java"))
                    .isNotEmpty()
                    .isSubsetOf(sources);
        }
    }

    /** Among the tests, or in an example that has one to copy. */
    private static boolean hasTest(String name, String method) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String root : List.of("src/test/java", "examples")) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                files.filter(file -> file.endsWith(name + ".java")).forEach(found::add);
            }
        }
        return found.size() == 1
                && (method == null || Files.readString(found.get(0)).contains(" " + method + "("));
    }

    /** The commands of CONTRIBUTING.md; what they name is looked at above. */
    @Test
    void whatContributorsType() throws IOException {
        assertThat(commands("CONTRIBUTING.md"))
                .containsExactly(
                        // LauncherIT
                        "./jet-fanout demo",
                        // what CI runs
                        "./test",
                        // MavenWrapperTest, and Maven's own options
                        "./mvnw test -Dtest=DurationsTest",
                        "./mvnw test -Dtest=WorkersPageTest#everySettingIsThere",
                        "./mvnw verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false"
                                + " -Dit.test=MainJobIT",
                        "./mvnw spotless:apply");
    }

    private static List<String> commands(String page) throws IOException {
        return Pattern.compile("(?m)^ {4}(\\S.*)$")
                .matcher(Files.readString(Path.of(page)))
                .results()
                .map((MatchResult line) -> line.group(1))
                .toList();
    }

    @Test
    void decisionsAreNumberedAndListed() throws IOException {
        List<String> records;
        try (Stream<Path> files = Files.list(Path.of("docs/decisions"))) {
            records =
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> !name.equals("README.md"))
                            .sorted()
                            .toList();
        }
        String index = Files.readString(Path.of("docs/decisions/README.md"));
        for (int i = 0; i < records.size(); i++) {
            String record = Files.readString(Path.of("docs/decisions", records.get(i)));
            String title = record.lines().findFirst().orElseThrow();
            assertThat(records.get(i)).startsWith("%04d-".formatted(i + 1));
            assertThat(title).startsWith("# " + (i + 1) + ". ");
            assertThat(index)
                    .contains(
                            "| %d | [%s](%s) |"
                                    .formatted(
                                            i + 1,
                                            title.replaceFirst("# \\d+\\. ", ""),
                                            records.get(i)));
            assertThat(
                            HEADING.matcher(record)
                                    .results()
                                    .skip(1)
                                    .map(heading -> heading.group(1))
                                    .collect(Collectors.toList()))
                    .as(title)
                    .containsExactly("Context", "Decision", "Consequence", "Measured");
        }
        assertThat(records).hasSizeBetween(12, 99);
    }
}
