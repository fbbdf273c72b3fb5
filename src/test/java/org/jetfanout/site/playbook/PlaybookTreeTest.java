package org.jetfanout.site.playbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jetfanout.site.playbook.PlaybookTree.PlayEdit;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.testkit.InventoryFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

class PlaybookTreeTest {
    private static final String TRICKY =
            """
            # a comment
            - name: first
              groups: &g [ web, db ]
              vars: &vars
                a: yes
                b: "no"
                c: 0755
                d: '0755'
                e: ~
                f:
                g: { x: , y: 1, "z": !own text }
                h: 1e3
                i: 2001-01-01
                j: "tab\\t nul\\0 esc\\e del\\x7f snow\\u2603 smile\\U0001F600 nbsp\\_ nel\\N"
                k: 'it''s'
                l: plain text
                  over lines

                  and more
                m: ""
                n: " lead and trail "
                o: "null"
                p: Null
                q: True
                r: .5
                s: 0x1F
                t: "a: b # c"
                u: '@at'
                v: "-"
                w: [ ]
                x: { }
                y: !own 5
                z: [ !own , !own '', !own 5, !own "5", !own ]
                !own aa: !own &anchor 6
                bb: *anchor
                cc: jetfanouttagged0e
              tasks:
                - !shell
                  name: "quoted: {{ x }}"
                  cmd: |
                    set -e
                    if true; then
                      echo "a\tb"
                    fi

                    # not a comment
                  unsafe: true
                  with: { delegate_to: 127.0.0.14, tags: [ one ] }
                - !shell
                  cmd: |-
                    no newline at the end
                - !shell
                  cmd: |+
                    many newlines


                - !echo
                  msg: >
                    folded text
                    goes on

                      but this does not
                    end
                - !template { src: motd.j2, dest: /etc/motd }
                - !echo
                  msg: >2-
                      leading blanks
                    kept
                - &t !facts
            - name: second
              groups: *g
              vars: *vars
              defaults: { <<: *vars, z: 1 }
              tasks:
                - *t
            """;

    private static final List<ScalarStyle> STYLES =
            List.of(
                    ScalarStyle.PLAIN,
                    ScalarStyle.SINGLE_QUOTED,
                    ScalarStyle.DOUBLE_QUOTED,
                    ScalarStyle.LITERAL,
                    ScalarStyle.FOLDED);

    @TempDir Path temp;

    @Test
    void textsStayTheSameData() throws Exception {
        assertPlaysSurvive(write(TRICKY));
        try (Stream<Path> files = Files.list(InventoryFolder.site("pb"))) {
            for (Path file :
                    files.filter(Files::isRegularFile)
                            .filter(f -> !f.endsWith("bad2.yml"))
                            .sorted()
                            .toList()) {
                assertPlaysSurvive(file);
            }
        }
    }

    @Test
    void anAliasOutlivesItsAnchor() throws Exception {
        PlaybookTree tree = new PlaybookTree(read(write(TRICKY)));
        String text = tree.text(plays(1), Map.of());
        assertThat(read(write(text)).plays().get(0).groups()).containsExactly("web", "db");
        assertThat(text).contains("!facts");
    }

    @Test
    void randomTextsSurvive() throws Exception {
        String[] pieces = {
            "a",
            " ",
            "\n",
            "\n\n",
            ":",
            " #",
            "-",
            "'",
            "\"",
            "\\",
            "{{ x }}",
            "!",
            "&",
            "*",
            "%",
            "@",
            "`",
            "|",
            ">",
            "\t",
            "é",
            "\u2603",
            "\ud83d\ude00",
            "\u0085",
            "\u2028",
            "\u0007",
            "[",
            "]",
            ",",
            "?",
            "~",
            "1",
            "true",
            "null",
            "<<",
            "=",
            "\u00a0",
            "\ufeff",
            "x\n  y"
        };
        Random random = new Random(7);
        for (int round = 0; round < 3000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(8); i >= 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            ScalarStyle style = STYLES.get(random.nextInt(STYLES.size()));
            ScalarNode scalar = new ScalarNode(Tag.STR, text.toString(), style);
            MappingNode mapping =
                    (MappingNode) YamlValue.parse(Path.of("x"), "{a: {b: 1}}").orElseThrow().node();
            Nodes.put(mapping, "text", scalar);
            String written = YamlText.write(Nodes.list(List.of(mapping), mapping.getFlowStyle()));
            assertThat(flat(YamlValue.parse(Path.of("x"), written).orElseThrow().node()))
                    .as(written)
                    .isEqualTo(flat(Nodes.list(List.of(mapping), mapping.getFlowStyle())));
        }
    }

    @Test
    void theWholeOfItIsTheFilesOwnText() throws Exception {
        PlaybookTree tree = new PlaybookTree(read(write(TRICKY)));
        assertThat(tree.text(plays(0, 1), Map.of())).isEqualTo(TRICKY);
    }

    @Test
    void editsAreOfTheSliceOnly() throws Exception {
        PlaybookTree tree = new PlaybookTree(read(write(TRICKY)));
        String text =
                tree.text(
                        plays(0, 1),
                        Map.of(
                                1,
                                new PlayEdit(
                                        List.of("jet_fanout_batch"),
                                        Optional.of("deploy"),
                                        Optional.of("2222"),
                                        Optional.empty())));
        List<Play> plays = read(write(text)).plays();
        assertThat(plays.get(0).groups()).containsExactly("web", "db");
        assertThat(plays.get(1).groups()).containsExactly("jet_fanout_batch");
        assertThat(plays.get(1).sshUser()).contains("deploy");
        assertThat(text).contains("ssh_port: 2222\n");
        assertThat(tree.text(plays(0, 1), Map.of())).isEqualTo(TRICKY);
    }

    @Test
    void findsDelegates() throws Exception {
        PlaybookTree tree =
                new PlaybookTree(
                        read(
                                write(
                                        """
                                        - name: p
                                          groups: [web]
                                          tasks:
                                            - !shell { cmd: a, with: { delegate_to: h1 } }
                                            - !shell { cmd: a, with: { delegate_to: "{{ x }}" } }
                                            - !shell { cmd: a, with: { delegate_to: } }
                                            - !shell { cmd: a, with: odd }
                                          handlers:
                                            - !shell { cmd: a, with: { delegate_to: h2 } }
                                        """)));
        assertThat(tree.delegation(0).hosts()).containsExactly("h1", "h2");
        assertThat(tree.delegation(0).templates()).containsExactly("{{ x }}");
    }

    @Test
    void rewritesSourcesOfCopyAndTemplateOnly() throws Exception {
        PlaybookTree tree =
                new PlaybookTree(
                        read(
                                write(
                                        """
                                        - name: p
                                          groups: [web]
                                          vars_files: [a.yml, ../b.yml]
                                          tasks:
                                            - !copy { src: &s ../x, dest: /x }
                                            - !template { src: ../y, dest: *s }
                                            - !copy { src: "../{{ z }}", dest: /x }
                                            - !git { src: ../n, path: /x }
                                        """)));
        List<String> asked = new ArrayList<>();
        SourceRewriter rewriter =
                (folder, path, line) -> {
                    asked.add(folder + " " + path + " " + line);
                    return path.startsWith("../")
                            ? Optional.of("new/" + path.substring(3))
                            : Optional.empty();
                };
        tree.rewriteSources(0, rewriter);
        tree.rewriteVarsFiles(0, rewriter);
        assertThat(asked)
                .containsExactly(
                        "files ../x 5",
                        "templates ../y 6",
                        "vars_files a.yml 3",
                        "vars_files ../b.yml 3");
        String text = tree.text(plays(0), Map.of());
        assertThat(text).contains("new/x", "new/y", "new/b.yml", "a.yml", "../{{ z }}", "../n");
        // the alias of what was rewritten stays as it was
        assertThat(text).containsPattern("dest: (&s )?\\.\\./x");
    }

    private void assertPlaysSurvive(Path file) throws Exception {
        Playbook playbook = read(file);
        PlaybookTree tree = new PlaybookTree(playbook);
        for (int i = 0; i < playbook.plays().size(); i++) {
            // an edit that says what is so anyway, to have it written anew
            PlayEdit edit =
                    new PlayEdit(
                            playbook.plays().get(i).groups(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty());
            String text = tree.text(plays(i), Map.of(i, edit));
            assertThat(text).isNotEqualTo(playbook.text());
            assertThat(flat(YamlValue.parse(file, text).orElseThrow().node()))
                    .as(text)
                    .isEqualTo(
                            "["
                                    + flat(
                                            YamlValue.read(file)
                                                    .orElseThrow()
                                                    .sequence("plays")
                                                    .get(i)
                                                    .node())
                                    + "]");
        }
    }

    /** Tags, keys and values, whatever the style; names of groups are texts in either style. */
    private static String flat(Node node) {
        if (node instanceof ScalarNode scalar) {
            // a tagged text is data of its own kind where it is not quoted: !own 5, or nothing
            boolean plain =
                    scalar.getScalarStyle() == ScalarStyle.PLAIN
                            && scalar.getTag().getValue().startsWith("!");
            boolean none = scalar.getTag().equals(Tag.NULL);
            return scalar.getTag()
                    + (plain ? " plain " : "=")
                    + (none ? "null" : scalar.getValue());
        }
        StringBuilder text = new StringBuilder();
        String tag = node.getTag().getValue();
        text.append(tag.startsWith("tag:yaml.org") ? "" : tag);
        if (node instanceof SequenceNode sequence) {
            text.append('[');
            sequence.getValue().forEach(item -> text.append(flat(item)));
            return text.append(']').toString();
        }
        text.append('{');
        ((MappingNode) node)
                .getValue()
                .forEach(
                        tuple ->
                                text.append(flat(tuple.getKeyNode()))
                                        .append(": ")
                                        .append(flat(tuple.getValueNode()))
                                        .append('\n'));
        return text.append('}').toString();
    }

    /** With tasks that no runner knows as well. */
    private static Playbook read(Path file) {
        return Playbook.read(file, new PlaybookCheck(Vocabulary.any(), warning -> {}));
    }

    private Path write(String text) throws Exception {
        Path file = Files.createTempFile(temp, "pb", ".yml");
        Files.writeString(file, text);
        return file;
    }

    private static BitSet plays(int... numbers) {
        BitSet plays = new BitSet();
        for (int number : numbers) {
            plays.set(number);
        }
        return plays;
    }
}
