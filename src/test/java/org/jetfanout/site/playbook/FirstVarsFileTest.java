package org.jetfanout.site.playbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jetfanout.site.playbook.PlaybookTree.PlayEdit;
import org.jetfanout.site.yaml.YamlValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** A play reads one more file of variables, before its own, and no line of another play moves. */
class FirstVarsFileTest {
    @TempDir Path temp;

    private String edited(String text, Integer... numbers) throws Exception {
        Playbook playbook = playbook(text);
        BitSet kept = new BitSet();
        Map<Integer, PlayEdit> edits = new HashMap<>();
        for (int number : numbers) {
            kept.set(number);
            edits.put(number, edit(number));
        }
        return new PlaybookTree(playbook).text(kept, edits);
    }

    private static PlayEdit edit(int number) {
        return new PlayEdit(
                List.of(),
                Optional.empty(),
                Optional.empty(),
                number == 0 ? Optional.empty() : Optional.of("../" + (number + 1)));
    }

    @Test
    void aBlankLineAtTheEndOfThePlayTakesIt() throws Exception {
        assertThat(
                        edited(
                                """
                                - name: one
                                  groups: [ a ]

                                - name: two
                                  groups: [ b ]
                                  tasks:
                                    - !facts

                                - name: three
                                  groups: [ c ]
                                """,
                                0,
                                1,
                                2))
                .isEqualTo(
                        """
                        - name: one
                          groups: [ a ]

                        - name: two
                          groups: [ b ]
                          tasks:
                            - !facts
                          vars_files: ["../2"]
                        - name: three
                          groups: [ c ]
                          vars_files: ["../3"]
                        """);
    }

    @Test
    void aCommentTakesItButNoneThatMayBeText() throws Exception {
        assertThat(
                        edited(
                                """
                                - name: one
                                  groups: [ a ]
                                - name: two
                                  # the app
                                  groups: [ b ]
                                  tasks:
                                    - !shell
                                      cmd: |
                                        a
                                        # text
                                - name: three
                                  groups: [ c ]
                                """,
                                0,
                                1))
                .contains("- name: two\n  vars_files: [\"../2\"]\n  groups: [ b ]\n")
                .contains("        # text\n");
    }

    @Test
    void aListOfGroupsBecomesOneLine() throws Exception {
        assertThat(
                        edited(
                                """
                                - name: one
                                  groups: [ a ]
                                - name: two
                                  groups:
                                    - b # first
                                    - c
                                  tasks:
                                    - !shell
                                      cmd: id
                                - name: three
                                  groups: [ c ]
                                """,
                                0,
                                1))
                .startsWith(
                        """
                        - name: one
                          groups: [ a ]
                        - name: two
                          groups: [b, c]
                          vars_files: ["../2"]

                          tasks:
                            - !shell
                              cmd: id
                        """);
    }

    @Test
    void elseTheLastTaskBecomesOneLine() throws Exception {
        assertThat(
                        edited(
                                """
                                - name: one
                                  groups: [ a ]
                                - name: two
                                  groups: [ b ]
                                  tasks:
                                    - !shell
                                      cmd: "first: one"
                                    - !shell
                                      name: it's "last"
                                      cmd: |
                                        a
                                        b: {{ c }}
                                      with:
                                        items: [ 1, "2", ~ ]
                                - name: three
                                  groups: [ c ]
                                """,
                                0,
                                1))
                .isEqualTo(
                        """
                        - name: one
                          groups: [ a ]
                        - name: two
                          groups: [ b ]
                          tasks:
                            - !shell
                              cmd: "first: one"
                            - !shell { name: "it's \\"last\\"", cmd: "a\\x0ab: {{ c }}\\x0a", \
                        with: { items: [1, "2", ~] } }
                          vars_files: ["../2"]







                        """);
    }

    @Test
    void elseThePlayBecomesOneLine() throws Exception {
        assertThat(
                        edited(
                                """
                                - name: one
                                  groups: [ a ]
                                - name: two
                                  groups: [ b ]
                                  roles: [ { role: base } ]
                                - name: three
                                  groups: [ c ]
                                """,
                                0,
                                1,
                                2))
                .startsWith(
                        """
                        - name: one
                          groups: [ a ]
                        - { name: two, groups: [b], roles: [{ role: base }], vars_files: ["../2"] }


                        -""");
    }

    @Test
    void blankLinesThatBelongToATextStayAsTheyAre() throws Exception {
        String text =
                """
                - name: one
                  groups: [ a ]
                  tasks:
                    - !shell
                      cmd: |+
                        keep

                - name: two
                  groups: [ b ]
                - name: three
                  groups: [ c ]
                """;
        Playbook slice = playbook(edited(text, 0, 2));
        assertThat(slice.text()).contains("keep\n\n#\n\n- { name: three");
        assertThat(slice.plays()).extracting(Play::line).containsExactly(1, 10);
    }

    @Test
    void itsOwnFilesFollowInTheirOrder() throws Exception {
        assertThat(
                        edited(
                                """
                                - name: one
                                  groups: [ a ]
                                  vars_files: [ x.yml ]
                                - name: two
                                  groups: [ b ]
                                  vars_files: # two of them
                                    - b.yml

                                    - "a: c.yml"
                                  tasks: []
                                - name: three
                                  groups: [ c ]
                                  vars_files:
                                """,
                                0,
                                1,
                                2))
                .isEqualTo(
                        """
                        - name: one
                          groups: [ a ]
                          vars_files: [ x.yml ]
                        - name: two
                          groups: [ b ]
                          vars_files: ["../2", b.yml, "a: c.yml"]



                          tasks: []
                        - name: three
                          groups: [ c ]
                          vars_files: ["../3"]
                        """);
    }

    @Test
    void filesOfAnAliasAreSpeltOut() throws Exception {
        assertThat(
                        edited(
                                """
                                - name: one
                                  groups: [ a ]
                                  vars_files: &files [ x.yml, y.yml ]
                                - name: two
                                  groups: [ b ]
                                  vars_files: *files
                                - name: three
                                  groups: [ c ]
                                  vars_files : *files # the same
                                """,
                                1,
                                2))
                .isEqualTo(
                        """



                        - name: two
                          groups: [ b ]
                          vars_files: ["../2", x.yml, y.yml]
                        - name: three
                          groups: [ c ]
                          vars_files: ["../3", x.yml, y.yml] # the same
                        """);
    }

    @Test
    void theLinesOfACutPlayTakeIt() throws Exception {
        assertThat(
                        edited(
                                """
                                - name: one
                                  groups: [ a ]
                                - name: two
                                  groups: [ b ]

                                """,
                                1))
                .isEqualTo("\n- vars_files: [\"../2\"]\n  name: two\n  groups: [ b ]\n\n");
    }

    @Test
    void theEndOfAFileWithoutLineEnd() throws Exception {
        assertThat(edited("- name: one\n  groups: [ a ]\n- name: two\n  groups: [ b ]", 0, 1))
                .isEqualTo(
                        """
                        - name: one
                          groups: [ a ]
                        - name: two
                          groups: [ b ]
                          vars_files: ["../2"]
                        """);
    }

    static Stream<String> texts() throws Exception {
        List<String> texts = new ArrayList<>(SliceLinesTest.texts().toList());
        String odd =
                """
                - name: one
                  groups: [ a ]
                  tasks:
                    - !shell
                      cmd: |+
                        keep

                -   name: two
                    groups: [ b,

                      c ]
                    defaults: { x: &x 1, y: "#" }
                    tasks:
                      - !echo { msg: "a
                          # b

                          c" }
                      - !own 5
                      - !facts
                -
                  # first
                  name: three
                  groups: [ b ]
                  handlers:
                    - !shell
                      cmd: >+
                        keep

                - {name: four, groups: [a], vars_files: [ 'it''s', *x ]}
                - {name: five,
                   groups: [a], tasks: [ !facts , !echo { msg: a } ] }
                - "name": six
                  "groups": [ a ]
                  ? vars_files
                  : [ b.yml ]
                ...
                """;
        texts.add(odd);
        texts.add(odd.replace("\n", "\r\n"));
        texts.add("---\n" + odd.indent(2).replace("    ...", "...").replace("  ...", "..."));
        texts.add(
                "[ {name: a, groups: [x], tasks: [!facts ]},\n {name: b, groups: [x], tasks:"
                        + " []}]\n");
        texts.add(
                """
                - &p
                  name: one
                  groups: &g [ web ]
                  tasks: &t
                    - !echo { msg: a }
                - name: two
                  groups: *g
                  tasks: *t
                - *p
                """);
        return texts.stream();
    }

    /**
     * Read as data, with whichever of the ways; and where a play begins, it began: one line below
     * where it had to be written anew, some above where it has the lines of a play that is cut.
     */
    @ParameterizedTest
    @MethodSource("texts")
    void isThereInAnyTextWithAnyPlaysCut(String text) throws Exception {
        Playbook playbook = playbook(text);
        int count = playbook.plays().size();
        for (int mask = 1; mask < 1 << count; mask++) {
            BitSet kept = BitSet.valueOf(new long[] {mask});
            Map<Integer, PlayEdit> edits = new HashMap<>();
            List<Node> wanted = new ArrayList<>();
            for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
                edits.put(i, edit(i));
                wanted.add(wanted(playbook, i));
            }
            String slice = new PlaybookTree(playbook).text(kept, edits);
            Path file = write(slice);
            assertThat(
                            SameData.unordered(
                                    YamlValue.read(file).orElseThrow().node(),
                                    Nodes.list(wanted, FlowStyle.BLOCK)))
                    .as(slice)
                    .isTrue();
            if (!text.contains("*t") && !text.startsWith("[")) {
                List<Play> plays = Playbook.read(file, any()).plays();
                for (int i = kept.nextSetBit(0), at = 0; i >= 0; i = kept.nextSetBit(i + 1)) {
                    assertThat(playbook.plays().get(i).line() - plays.get(at++).line())
                            .as("play %d of%n%s", i, slice)
                            .isBetween(-1, 4);
                }
            }
        }
    }

    private static Node wanted(Playbook playbook, int number) {
        MappingNode play =
                (MappingNode)
                        YamlValue.parse(playbook.file(), playbook.text())
                                .orElseThrow()
                                .sequence("plays")
                                .get(number)
                                .node();
        Optional<String> first = edit(number).firstVarsFile();
        if (first.isEmpty()) {
            return play;
        }
        List<Node> files = new ArrayList<>(List.of(Nodes.text(first.get())));
        files.addAll(Nodes.items(play, "vars_files"));
        return Nodes.copyWith(play, "vars_files", Nodes.list(files, FlowStyle.FLOW));
    }

    private static PlaybookCheck any() {
        return new PlaybookCheck(Vocabulary.any(), warning -> {});
    }

    private Playbook playbook(String text) throws Exception {
        return Playbook.read(write(text), any());
    }

    private Path write(String text) throws Exception {
        return Files.writeString(Files.createTempFile(temp, "pb", ".yml"), text);
    }
}
