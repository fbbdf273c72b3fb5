package org.jetfanout.it.ansible;

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

/** The page about ansible lists the playbooks that are compared, and what is other and why. */
class AnsiblePageTest {
    private static final Path PAGE = Path.of("docs/ansible.md");

    @Test
    void eachPlaybookIsThere() throws IOException {
        StringBuilder same =
                new StringBuilder("| playbook of ansible | what it shows |\n|---|---|\n");
        StringBuilder other =
                new StringBuilder(
                        "| playbook of ansible | flat | over workers | why |\n|---|---|---|---|\n");
        for (AnsibleCase playbook : AnsibleCase.all()) {
            String link =
                    "[%s](../%s/%s.yml)"
                            .formatted(playbook.name(), AnsibleCase.FOLDER, playbook.name());
            same.append("| %s | %s |\n".formatted(link, playbook.about()));
            assertThat(playbook.differs())
                    .as("%s: a difference has a reason", playbook.name())
                    .isNotEqualTo(playbook.why().isEmpty());
            if (playbook.differs()) {
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
                .as("write it anew: mvn test -Dtest=AnsiblePageTest -Djet.docs.write=true")
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
        return outcomes.isEmpty()
                ? "same outcomes"
                : new TreeSet<>(outcomes.values())
                        .stream()
                                .map(
                                        outcome ->
                                                outcomes.keySet().stream()
                                                                .filter(
                                                                        host ->
                                                                                outcomes.get(host)
                                                                                        .equals(
                                                                                                outcome))
                                                                .collect(Collectors.joining(", "))
                                                        + " "
                                                        + outcome)
                                .collect(Collectors.joining("; "));
    }
}
