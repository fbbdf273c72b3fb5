package org.jetfanout.site.playbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.testkit.InventoryFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PlaybookCheckTest {
    private static final String PLAY = "- name: x\\n  groups: [web]\\n";

    @TempDir Path temp;

    private final List<String> warnings = new ArrayList<>();

    /** What jetp itself took and refused. */
    static Stream<String> cases() throws IOException {
        return Files.readAllLines(Path.of("src/test/resources/jetp/loading.txt")).stream()
                .filter(line -> !line.startsWith("#"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void refusesWhatJetpRefuses(String line) throws Exception {
        String text = line.substring(line.indexOf(' ') + 1);
        boolean nothingToDo = text.startsWith("# only") || text.contains("groups:\\n  tasks");
        if (line.startsWith("taken") && !nothingToDo) {
            assertThatCode(() -> read(text)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> read(text))
                    .isInstanceOf(ConfigurationException.class)
                    .message()
                    .startsWith(temp.resolve("pb.yml").toString())
                    .doesNotContain("\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    tasks:\\n    - !shell\\n      name: a\\n      cmdd: id             | pb.yml:6: !shell has no 'cmdd' (nearest: 'cmd')
                    tasks:\\n    - !shel { cmd: id }                                | pb.yml:4: there is no module '!shel' (nearest: 'shell'); if your runner has it, name it in runner_modules of workers.yml
                    handlers:\\n    - !echo { msg: a }\\n    - !echo {}              | pb.yml:5: !echo must have 'msg'
                    tasks:\\n    - !echo { msg: a, with: { tag: b } }               | pb.yml:4: 'with' has no 'tag' (nearest: 'tags')
                    tasks:\\n    - !echo { msg: a, and: { retries: b } }             | pb.yml:4: 'and' has no 'retries'
                    tasks:\\n    - !file { path: a, attributes: { own: b } }       | pb.yml:4: 'attributes' has no 'own'
                    tsks: []                                                       | pb.yml:3: a play has no 'tsks' (nearest: 'tasks')
                    roles: [ { role: a, tag: [b] } ]                              | pb.yml:3: an entry of roles has no 'tag' (nearest: 'tags')
                    sudo: a\\n  sudo: b                                            | pb.yml:4: key 'sudo' occurs twice in a play, see line 3
                    vars:\\n    a: 1\\n    b: { c: 1, c: 2 }                        | pb.yml:5: key 'c' occurs twice in the same mapping, see line 5
                    vars: { a: 123456789012345678901234567890 }                   | pb.yml:3: the number 123456789012345678901234567890 is too large for jetp (64 bits): put it in quotes
                    tasks:\\n    - !set { vars: { a: 123456789012345678901234567890 }} | pb.yml:4: the number
                    tasks:\\n    - !shell { cmd: [a] }                              | pb.yml:4: 'cmd' of !shell must be a text, not a list
                    tasks:\\n    - !echo { msg: a, with: { items: [a, 5] } }        | pb.yml:4: 'items' of 'with' must be a variable's name or a list of texts, not '5'
                    ssh_port: "22"                                                | pb.yml:3: 'ssh_port' of a play must be a whole number without quotes, not '22'
                    batch_size: 0                                                 | pb.yml:3: 'batch_size' of a play must be at least 1
                    tasks:\\n    - shell: a                                        | pb.yml:4: a task must have a module tag such as '!shell' before its mapping; this is a mapping
                    """)
    void saysWhatAndWhere(String rest, String message) {
        assertThatThrownBy(() -> read(PLAY + "  " + rest + "\\n"))
                .message()
                .startsWith(temp.resolve(message.substring(0, 6)) + message.substring(6, 15));
        assertThatThrownBy(() -> read(PLAY + "  " + rest + "\\n")).hasMessageContaining(message);
    }

    @Test
    void aByteOrderMarkThatJetpTripsOverIsSaid() {
        assertThatThrownBy(() -> read("\\xef\\xbb\\xbf" + PLAY))
                .hasMessageContaining("pb.yml:1: starts with a byte order mark (BOM)");
    }

    @Test
    void whatOnlyJetpackKnowsIsTakenWithAWarning() throws Exception {
        read(
                PLAY
                        + "  tasks:\\n"
                        + "    - !wait_for_others { mode: strict }\\n"
                        + "    - !sd_service { service: a, reload: true }\\n"
                        + "    - !shell { cmd: a, shell: bash, with: { skip_if_exists: /b } }\\n");
        assertThat(warnings)
                .hasSize(4)
                .allMatch(warning -> warning.contains("exists only in Jetpack"))
                .anyMatch(warning -> warning.contains("pb.yml:4: module '!wait_for_others'"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    jetp    | instantiate: { a: b }                                    | pb.yml:3: 'instantiate' of a play exists only in Jetpack: the runner of workers.yml is jetp
                    jetp    | tasks: [ !wait_for_others { mode: strict } ]             | pb.yml:3: module '!wait_for_others' exists only in Jetpack
                    jetp    | tasks: [ !shell { cmd: a, with: { skip_if_exists: b } } ] | pb.yml:3: 'skip_if_exists' of 'with' exists only in Jetpack
                    jetpack | tasks: [ !shell { cmd: a, unsafe: true } ]               | pb.yml:3: 'unsafe' of !shell exists only in jetp: the runner of workers.yml is Jetpack
                    """)
    void aWordOfTheOtherDialectIsRefused(String runner, String rest, String message) {
        Dialect dialect = runner.equals("jetp") ? Dialect.JETP : Dialect.JETPACK;
        assertThatThrownBy(() -> read(PLAY + "  " + rest + "\\n", Vocabulary.of(dialect)))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    instantiate: { inventory_path: a, pattern: b } | 'instantiate' of a play
                    tasks: [ !instantiate { inventory_path: a } ]  | module '!instantiate'
                    """)
    void hostsThatAreMadeOnTheWayAreRefused(String rest, String what) {
        for (Vocabulary words : List.of(Vocabulary.known(), Vocabulary.of(Dialect.JETPACK))) {
            assertThatThrownBy(() -> read(PLAY + "  " + rest + "\\n", words))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("pb.yml:3: " + what + " adds hosts to the inventory");
        }
    }

    @Test
    void theWordsOfTheRunnersDialectAreTakenWithoutAWarning() throws Exception {
        read(
                PLAY + "  tasks: [ !shell { cmd: a, shell: bash }, !move { src: a, dest: b } ]\\n",
                Vocabulary.of(Dialect.JETPACK));
        read(PLAY + "  tasks: [ !shell { cmd: a, unsafe: true } ]\\n", Vocabulary.of(Dialect.JETP));
        read(PLAY + "  tasks: [ !shell { cmd: a, unsafe: true } ]\\n");
        assertThat(warnings).isEmpty();
    }

    @Test
    void moreModulesMayBeNamed() throws Exception {
        String text = PLAY + "  tasks:\\n    - !kernel { any: thing }\\n";
        assertThatThrownBy(() -> read(text)).hasMessageContaining("no module '!kernel'");
        read(text, Vocabulary.known().with(Set.of("kernel")));
        read(text, Vocabulary.any());
        read(PLAY + "  anything: 1\\n  tasks: [ a: b ]\\n", Vocabulary.any());
        read(
                PLAY + "  tasks:\\n    - !shell { cmdd: a }\\n",
                Vocabulary.known().with(Set.of("shell")));
        assertThatThrownBy(
                        () ->
                                read(
                                        PLAY + "  tasks:\\n    - !shell { cmdd: a }\\n",
                                        Vocabulary.known().besides(Set.of("shell", "x"))))
                .hasMessageContaining("cmdd");
        Path modules = Files.createDirectories(temp.resolve("modules"));
        Files.writeString(modules.resolve("kernel.py"), "");
        Files.createDirectories(temp.resolve("more"));
        Files.writeString(temp.resolve("more/disk"), "");
        assertThat(
                        ModuleFolders.names(
                                List.of(temp.resolve("more"), temp.resolve("none")),
                                List.of(temp.resolve("pb.yml"))))
                .containsExactly("disk", "kernel", "kernel.py");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''                              | role.yml: is empty: a role must have 'name'
                    'tasks: [a]'                    | role.yml:1: role.yml must have 'name'
                    'name: a\\ntask: [b]'            | role.yml:2: role.yml has no 'task' (nearest: 'tasks')
                    'name: a\\ntasks: b'             | role.yml:2: 'tasks' of role.yml must be a list
                    'name: a\\ndefaults: [b]'        | role.yml:2: 'defaults' of role.yml must be a mapping
                    '[a]'                           | role.yml:1: role.yml must be a mapping
                    """)
    void rolesAreChecked(String text, String message) throws Exception {
        Path file = Files.write(temp.resolve("role.yml"), bytes(text));
        assertThatThrownBy(() -> check(Vocabulary.known()).role(file))
                .hasMessageContaining(message);
    }

    @Test
    void rolesAndFilesThatJetpTakesAreTaken() throws Exception {
        PlaybookCheck check = check(Vocabulary.known());
        Path base = InventoryFolder.site("roles/base");
        assertThat(check.role(base.resolve("role.yml"))).isPresent();
        TaskFile.read(base.resolve("tasks/main.yml"), check);
        TaskFile.read(base.resolve("handlers/main.yml"), check);
        Path file = Files.writeString(temp.resolve("vars.yml"), "");
        check.variables(file);
        Files.writeString(file, "a: { b: [1, 2.5, ~, yes] }\nc: !x 5\n");
        check.variables(file);
        Files.writeString(file, "[a]");
        assertThatThrownBy(() -> check.variables(file))
                .hasMessageContaining("vars.yml:1: a file of variables must be a mapping");
        Files.writeString(file, "a: 1\na: 2\n");
        assertThatThrownBy(() -> check.variables(file)).hasMessageContaining("vars.yml:2: key 'a'");
        Files.writeString(file, "- !shell { cmd: a }\n- !shell { cmdd: a }\n");
        assertThatThrownBy(() -> TaskFile.read(file, check))
                .hasMessageContaining("vars.yml:2: !shell has no 'cmdd'");
    }

    @Test
    void manyAliasesTakeNoTime() throws Exception {
        StringBuilder text = new StringBuilder(PLAY + "  vars:\\n    a0: &a0 [1]\\n");
        for (int i = 1; i < 18; i++) {
            text.append("    a%d: &a%d [*a%d, *a%d]\\n".formatted(i, i, i - 1, i - 1));
        }
        read(text.toString());
    }

    private void read(String printf) throws IOException {
        read(printf, Vocabulary.known());
    }

    private void read(String printf, Vocabulary vocabulary) throws IOException {
        Path file = Files.write(temp.resolve("pb.yml"), bytes(printf));
        Playbook.read(file, check(vocabulary));
    }

    private PlaybookCheck check(Vocabulary vocabulary) {
        return new PlaybookCheck(vocabulary, warnings::add);
    }

    /** The few escapes of printf that the cases use. */
    private static byte[] bytes(String printf) {
        String bom = "\\xef\\xbb\\xbf";
        String text = printf.startsWith(bom) ? "\ufeff" + printf.substring(bom.length()) : printf;
        return text.replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\t", "\t")
                .getBytes(StandardCharsets.UTF_8);
    }
}
