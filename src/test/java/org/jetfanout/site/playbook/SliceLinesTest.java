package org.jetfanout.site.playbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
import org.jetfanout.testkit.InventoryFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is not cut stays on its line, so that the runner's line is the user's. */
class SliceLinesTest {
    private static final String ONE =
            """
            # of the site
            ---
            - name: one   # 😀 ü
              groups: [ web ]
              ssh_user: first

              # the task
              tasks:
                - !copy
                  src: >
                    ../far/
                    file
                  dest: /a
                - !shell { cmd: "a\
                    b", name: x }

            # between
            -
              name: two
              groups:
              - web   # all of it
              - db
              ssh_port: 1
              vars_files:
                - ../x.yml

                - y.yml
              tasks:
              - !shell
                cmd: |
                  - name: not a play
                  echo

              - !template { src: ../far/t.j2,
                            dest: b }
            - { name: three, groups: [ all ],
                tasks: [ !facts , !echo { msg: a } ] }
            - "name": four
              groups:
                [ web,
                  db ]
              tasks:
                - !shell
                  name: last
                  cmd: id
            # the end
            """;

    @TempDir Path temp;

    static Stream<String> texts() throws IOException {
        List<String> texts =
                new ArrayList<>(
                        List.of(ONE, ONE.replace("\n", "\r\n"), ONE + "...\n", "\ufeff" + ONE));
        texts.add(ONE.replace(": ", ":\t").replace("!facts ,", "!facts,"));
        for (String name : List.of("two", "mixed", "id", "allfail_mid", "ign")) {
            texts.add(Files.readString(InventoryFolder.site("pb/" + name + ".yml")));
        }
        return texts.stream();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void linesStay(String text) throws Exception {
        Playbook playbook = playbook(text);
        int count = playbook.plays().size();
        for (int mask = 1; mask < 1 << count; mask++) {
            BitSet kept = BitSet.valueOf(new long[] {mask});
            String slice = new PlaybookTree(playbook).text(kept, Map.of());
            assertLines(playbook, kept, slice, List.of());
        }
    }

    @ParameterizedTest
    @MethodSource("texts")
    void linesStayWithEdits(String text) throws Exception {
        Playbook playbook = playbook(text);
        int count = playbook.plays().size();
        for (int mask = 1; mask < 1 << count; mask++) {
            BitSet kept = BitSet.valueOf(new long[] {mask});
            PlaybookTree tree = new PlaybookTree(playbook);
            Map<Integer, PlayEdit> edits = new HashMap<>();
            kept.stream()
                    .forEach(
                            play -> {
                                tree.rewriteSources(
                                        play,
                                        (folder, path, line) ->
                                                path.startsWith("../far")
                                                        ? Optional.of("jet_fanout/0/\"f\"")
                                                        : Optional.empty());
                                tree.rewriteVarsFiles(
                                        play,
                                        (folder, path, line) ->
                                                path.startsWith("..")
                                                        ? Optional.of("jet_fanout/x.yml")
                                                        : Optional.empty());
                                boolean after = play > 0 && !kept.get(play - 1);
                                edits.put(
                                        play,
                                        new PlayEdit(
                                                List.of("mine: \"own\"", "b"),
                                                after ? Optional.of("o'x") : Optional.empty(),
                                                after ? Optional.of("22") : Optional.empty(),
                                                Optional.empty()));
                            });
            String slice = tree.text(kept, edits);
            assertLines(playbook, kept, slice, List.of("groups:", "db", "src:", "vars_files"));
            List<Play> plays = Playbook.read(write(slice)).plays();
            assertThat(plays).allMatch(play -> play.groups().equals(List.of("mine: \"own\"", "b")));
            for (int i = 0, at = 0; i < count; i++) {
                if (kept.get(i) && i > 0 && !kept.get(i - 1)) {
                    assertThat(plays.get(at).sshUser()).contains("o'x");
                    assertThat(plays.get(at).sshPort()).contains("22");
                }
                at += kept.get(i) ? 1 : 0;
            }
        }
    }

    /** Each line of a play that is kept is where it was, but for those that are edited. */
    private static void assertLines(
            Playbook playbook, BitSet kept, String slice, List<String> edited) {
        List<String> lines = playbook.text().lines().toList();
        List<String> found = slice.lines().toList();
        for (int i = 0; i < playbook.plays().size(); i++) {
            int from = playbook.plays().get(i).line();
            int to =
                    i + 1 < playbook.plays().size()
                            ? playbook.plays().get(i + 1).line() - 1
                            : lines.size();
            for (int n = from; n <= to; n++) {
                String line = lines.get(n - 1);
                boolean name = line.contains("name: ") && !line.contains("not a play");
                boolean task = line.contains("cmd: ") || line.contains("!echo");
                boolean word = edited.stream().anyMatch(line::contains);
                if ((name || task) && (!word || line.contains("three"))) {
                    String shown = line.replaceFirst("^\\s*-?\\s*", "").replaceFirst(",.*", "");
                    String there = n <= found.size() ? found.get(n - 1) : "";
                    if (kept.get(i)) {
                        assertThat(there)
                                .as("line %d of%n%s", n, slice)
                                .contains(shown.contains("{ name") ? "three" : shown);
                    } else {
                        assertThat(there).as("line %d of%n%s", n, slice).doesNotContain(shown);
                    }
                }
            }
        }
    }

    @Test
    void whereAnAliasNeedsAPlayThatIsCutTheOthersBeginAtTheirLine() throws Exception {
        Playbook playbook =
                playbook(
                        """
                        - name: one
                          groups: &g [ web ]
                          vars: &v
                            a: 1
                          tasks:
                            - &t !facts
                        - name: two
                          groups: *g
                          vars: *v
                          tasks:
                            - *t
                        """);
        BitSet second = new BitSet();
        second.set(1);
        String slice = new PlaybookTree(playbook).text(second, Map.of());
        assertThat(slice.lines().toList().get(6)).startsWith("- name: two");
        assertThat(Playbook.read(write(slice)).plays().get(0).groups()).containsExactly("web");
    }

    @Test
    void aPlayMayBeThereSeveralTimes() throws Exception {
        Playbook playbook =
                playbook(
                        """
                        - &p
                          name: one
                          groups: [ web ]
                        - name: two
                          groups: [ db ]
                        - *p
                        - *p
                        """);
        for (int mask = 1; mask < 16; mask++) {
            BitSet kept = BitSet.valueOf(new long[] {mask});
            String slice = new PlaybookTree(playbook).text(kept, Map.of());
            assertThat(Playbook.read(write(slice)).plays())
                    .extracting(Play::name)
                    .isEqualTo(
                            kept.stream()
                                    .mapToObj(play -> playbook.plays().get(play).name())
                                    .toList());
        }
    }

    @Test
    void aLoginOfAnEarlierPlaybookMayShiftTheFirstPlay() throws Exception {
        Playbook playbook = playbook("- name: one\n  groups: [ web ]\n");
        BitSet first = new BitSet();
        first.set(0);
        String slice =
                new PlaybookTree(playbook)
                        .text(
                                first,
                                Map.of(
                                        0,
                                        new PlayEdit(
                                                List.of(),
                                                Optional.of("a"),
                                                Optional.of("2"),
                                                Optional.empty())));
        assertThat(slice)
                .isEqualTo("- ssh_user: \"a\"\n  ssh_port: 2\n  name: one\n  groups: [ web ]\n");
    }

    @ParameterizedTest
    @MethodSource("taskFiles")
    void filesOfTasksKeepTheirLines(String text) throws Exception {
        TaskFile file =
                TaskFile.read(write(text), new PlaybookCheck(Vocabulary.known(), warning -> {}));
        String edited =
                file.rewriteSources((folder, path, line) -> Optional.of("new")).orElseThrow();
        List<String> lines = text.lines().toList();
        for (int n = 0; n < lines.size(); n++) {
            if (lines.get(n).contains("dest:")) {
                assertThat(edited.lines().toList().get(n)).contains("dest:");
            }
        }
        assertThat(edited).contains("\"new\"").doesNotContain("../");
    }

    static Stream<String> taskFiles() {
        return Stream.of(
                "# a\n- !copy\n  src: ../a\n  dest: b\n# c\n- !template { src: ../b, dest: d }\n",
                "- !copy\n  src: |-\n    ../a\n    b\n\n  # here\n  dest: b\n",
                "- !copy\n  dest: b\n  src: '../a\n    b'\n- !copy { \"src\":\"../c\", dest: x }\n");
    }

    private Playbook playbook(String text) throws Exception {
        return Playbook.read(write(text));
    }

    private Path write(String text) throws Exception {
        return Files.writeString(Files.createTempFile(temp, "pb", ".yml"), text);
    }
}
