package org.jetfanout.site.playbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.testkit.InventoryFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaybookTest {
    @TempDir Path temp;

    @Test
    void readsPlays() {
        Playbook playbook = Playbook.read(InventoryFolder.site("pb/two.yml"));
        assertThat(playbook.plays()).hasSize(2);
        Play db = playbook.plays().get(1);
        assertThat(db.name()).isEqualTo("db play");
        assertThat(db.groups()).containsExactly("db");
        assertThat(db.line()).isEqualTo(6);
        assertThat(Playbook.read(InventoryFolder.site("pb/role.yml")).plays().get(0).roles())
                .containsExactly("base");
        assertThat(Playbook.read(InventoryFolder.site("pb/order.yml")).plays().get(0))
                .returns(Optional.of("wronguser"), Play::sshUser)
                .returns(Optional.of("1"), Play::sshPort);
    }

    @ParameterizedTest
    @ValueSource(strings = {"~", "Null", "NULL", "null", ""})
    void nothingIsWrittenInSeveralWays(String nothing) throws Exception {
        String keys = "\n  roles: %1$s\n  vars_files: %1$s\n  ssh_user: %1$s\n  ssh_port: %1$s\n";
        Path file = temp.resolve("pb.yml");
        Files.writeString(file, "- name: x\n  groups: [ web ]" + keys.formatted(nothing));
        assertThat(Playbook.read(file).plays().get(0))
                .returns(Optional.empty(), Play::sshUser)
                .returns(Optional.empty(), Play::sshPort);
    }

    @Test
    void takesWhatJetpTook() throws Exception {
        try (Stream<Path> files = Files.list(InventoryFolder.site("pb"))) {
            files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("bad"))
                    .forEach(file -> assertThat(Playbook.read(file).plays()).isNotEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''                               | is empty: a playbook is a list of plays
                    '[]'                             | has no plays
                    'name: x'                        | pb.yml:1: a playbook must be a list
                    '- a'                            | pb.yml:1: a play must be a mapping
                    '- name: x'                      | pb.yml:1: a play must have 'groups'
                    '- groups: [x]'                  | pb.yml:1: a play must have 'name'
                    '- {name: x, groups: []}'        | pb.yml:1: play 'x' names no group
                    '- {name: x, groups: web}'       | 'groups' of a play must be a list, not 'web'
                    '- {name: x, group: [web]}'      | a play has no 'group' (nearest: 'groups')
                    '- {name: x, groups: [a], roles: [b]}' | an entry of roles must be a mapping (key: value), not 'b'
                    '- {name: x, groups: [a], tasks: [b]}' | a task must have a module tag such as '!shell' before its mapping
                    '- {name: x, groups: [a], tasks: b}'   | 'tasks' of a play must be a list
                    '- [x'                           | invalid YAML
                    """)
    void mistakesSayWhereAndWhat(String text, String message) throws Exception {
        Path file = temp.resolve("pb.yml");
        Files.writeString(file, text);
        assertThatThrownBy(() -> Playbook.read(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("pb.yml")
                .hasMessageContaining(message);
    }

    @Test
    void aMissingPlaybookIsSaid() {
        assertThatThrownBy(() -> Playbook.read(temp.resolve("nosuch.yml")))
                .hasMessageContaining("nosuch.yml: no such playbook");
        assertThatThrownBy(() -> Playbook.read(temp)).hasMessageContaining("is not a file");
    }

    @Test
    void brokenYamlNamesTheLine() {
        assertThatThrownBy(() -> Playbook.read(InventoryFolder.site("pb/bad2.yml")))
                .hasMessageContaining("bad2.yml:3: invalid YAML");
    }
}
