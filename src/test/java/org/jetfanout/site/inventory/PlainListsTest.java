package org.jetfanout.site.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainListsTest {
    private static final List<String> PIECES =
            List.of(
                    "hosts:",
                    "subgroups:",
                    "hosts: []",
                    "vars:",
                    "- ",
                    "  - ",
                    " - ",
                    "-",
                    "    - ",
                    "web1",
                    "db.example.com",
                    "10",
                    "1.5",
                    "true",
                    "null",
                    "NULL",
                    "~",
                    "_x",
                    "a-b",
                    "a: b",
                    "a:",
                    "'q'",
                    "\"q\"",
                    "# c",
                    " # c",
                    " ",
                    "\t",
                    "\r",
                    "\n",
                    "\n",
                    "\n",
                    "\n",
                    "---",
                    "...",
                    "&a x",
                    "*a",
                    "!t x",
                    "[a]",
                    "{}",
                    "\u00e9",
                    "x#y",
                    "0x1f",
                    "-1",
                    "fe80::1",
                    "|",
                    ">",
                    "? a",
                    "a b",
                    "%",
                    "@");

    @Test
    void readsThePlainShape() {
        GroupsFile.Content content =
                PlainLists.parse(bytes("hosts:\n  - a\n\n  - b.c  \nsubgroups:\n- d"))
                        .orElseThrow();
        assertThat(content.hosts())
                .containsExactly(new GroupsFile.Entry("a", 2), new GroupsFile.Entry("b.c", 4));
        assertThat(content.subgroups()).containsExactly(new GroupsFile.Entry("d", 6));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hosts: [a]",
                "hosts:\n  - a: b",
                "hosts:\n  - null",
                "hosts:\n  - a\n   - b",
                "hosts:\n  - 'a'",
                "hosts:\n  - a # c",
                "hosts:\nhosts:\n",
                "vars:\n",
                "- a\n",
                "hosts:\n  - a\n  b\n",
                "hosts:\n\t- a"
            })
    void leavesTheRestToTheRealParser(String text) {
        assertThat(PlainLists.parse(bytes(text))).isEmpty();
    }

    /** Whatever it takes on, it reads as the real parser does. */
    @Test
    void readsWhatTheRealParserReads() throws Exception {
        Random random = new Random(4711);
        int taken = 0;
        for (int round = 0; round < 60_000; round++) {
            StringBuilder text = new StringBuilder(random.nextInt(4) > 0 ? "hosts:\n" : "");
            int pieces = random.nextInt(12);
            for (int i = 0; i < pieces; i++) {
                if (random.nextInt(3) > 0) {
                    text.append("  - web").append(random.nextInt(5)).append('\n');
                } else {
                    text.append(PIECES.get(random.nextInt(PIECES.size())));
                }
            }
            Optional<GroupsFile.Content> plain = PlainLists.parse(bytes(text.toString()));
            if (plain.isPresent()) {
                taken++;
                assertThat(plain.get()).as(text.toString()).isEqualTo(real(text.toString()));
            }
        }
        assertThat(taken).isGreaterThan(5_000);
    }

    private static GroupsFile.Content real(String text) throws CharacterCodingException {
        try {
            return GroupsFile.parse(Path.of("x"), bytes(text));
        } catch (ConfigurationException e) {
            throw new AssertionError("the real parser refuses: " + text, e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
