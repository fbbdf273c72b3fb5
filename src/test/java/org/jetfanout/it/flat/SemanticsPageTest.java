package org.jetfanout.it.flat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page about what is the same as on one machine lists the playbooks that are compared. */
class SemanticsPageTest {
    private static final Path PAGE = Path.of("docs/semantics.md");

    @Test
    void eachPlaybookIsThere() throws IOException {
        StringBuilder same = new StringBuilder("| playbook | what it shows |\n|---|---|\n");
        StringBuilder other =
                new StringBuilder("| playbook | flat | over workers | why |\n|---|---|---|---|\n");
        for (FlatCase playbook : FlatCase.all()) {
            String link =
                    "[%s](../%s/%s.yml)"
                            .formatted(playbook.name(), FlatCase.FOLDER, playbook.name());
            same.append("| %s | %s |\n".formatted(link, playbook.about()));
            assertThat(playbook.fanned().isEmpty())
                    .as("%s: a difference has a reason", playbook.name())
                    .isEqualTo(playbook.why().isEmpty());
            if (!playbook.fanned().isEmpty()) {
                Map<String, String> flat = new TreeMap<>(playbook.flat());
                flat.keySet().retainAll(playbook.fanned().keySet());
                other.append(
                        "| %s | %s | %s | %s |\n"
                                .formatted(
                                        link,
                                        words(flat),
                                        words(playbook.fanned()),
                                        playbook.why()));
            }
        }
        if (Boolean.getBoolean("jet.docs.write")) {
            Files.writeString(PAGE, written(written(Files.readString(PAGE), same), other));
        }
        assertThat(Files.readString(PAGE))
                .as("write it anew: mvn test -Dtest=SemanticsPageTest -Djet.docs.write=true")
                .contains("\n" + same + "\n", "\n" + other + "\n");
    }

    /** The page with this table in place of the one of the same head. */
    private static String written(String page, CharSequence table) {
        String head = table.toString().lines().findFirst().orElseThrow();
        return page.replaceFirst(
                "\\Q" + head + "\\E\n(\\|.*\\n)+", Matcher.quoteReplacement(table.toString()));
    }

    /** {@code h3, h4 failed}. */
    private static String words(Map<String, String> outcomes) {
        return new TreeSet<>(outcomes.values())
                .stream()
                        .map(
                                outcome ->
                                        outcomes.keySet().stream()
                                                        .filter(
                                                                host ->
                                                                        outcomes.get(host)
                                                                                .equals(outcome))
                                                        .collect(Collectors.joining(", "))
                                                + " "
                                                + outcome)
                        .collect(Collectors.joining("; "));
    }
}
