package org.jetfanout.runner.jetp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Jetpack's .jetpack.yml says, as Jetpack itself reads it. */
class JetpackFileTest {
    private static final String ALL =
            """
            version: 1
            defaults:
              playbook: pb/site.yml
              inventory: [ inv ]
              secrets_inventory: [ secrets/all ]
              roles: [ roles, more ]
              environment: test
            profiles:
              london:
                inventory: [ labs/london ]
                secrets_inventory: [ 'secrets/{profile}' ]
              bare: { inventory: [] }
            environments:
              test: { secrets_inventory: [ secrets/test ] }
              prod:
            """;

    @TempDir private Path folder;

    @BeforeEach
    void repository() throws IOException {
        folder = folder.toRealPath();
        for (String path :
                List.of(".git", "deep/er", "secrets/all", "secrets/test", "secrets/london")) {
            Files.createDirectories(folder.resolve(path));
        }
    }

    @Test
    void theNearestOneUpToTheRootOfTheRepositoryHolds() throws IOException {
        assertThat(read("deep", none())).isEqualTo(JetpackFile.none());
        write(".jetpack.yml", ALL);
        JetpackFile file = read("deep/er", none());
        assertThat(file.file()).hasValue(folder.resolve(".jetpack.yml"));
        assertThat(file.playbook()).hasValue(folder.resolve("pb/site.yml"));
        assertThat(file.inventories()).containsExactly(folder.resolve("inv"));
        assertThat(file.secrets())
                .containsExactly(folder.resolve("secrets/all"), folder.resolve("secrets/test"));
        assertThat(file.roles()).containsExactly(folder.resolve("roles"), folder.resolve("more"));
        write("deep/.jetpack.yaml", "local: { playbook: own.yml }\n");
        assertThat(read("deep/er", none()).playbook())
                .as("paths start at the root of the repository")
                .hasValue(folder.resolve("own.yml"));
        Files.createDirectories(folder.resolve("deep/er/.git"));
        assertThat(read("deep/er", none())).isEqualTo(JetpackFile.none());
        write("deep/er/empty.yml", "");
        assertThat(read("deep/er", choice("deep/er/empty.yml", null, null, false)).playbook())
                .isEmpty();
    }

    @Test
    void profilesAndEnvironmentsChooseInventoriesAndSecrets() throws IOException {
        write(".jetpack.yml", ALL);
        JetpackFile london = read(".", choice(null, "london", null, false));
        assertThat(london.inventories()).containsExactly(folder.resolve("labs/london"));
        assertThat(london.secrets())
                .containsExactly(folder.resolve("secrets/london"), folder.resolve("secrets/test"));
        assertThat(read(".", choice(null, "bare", "prod", false)).inventories()).isEmpty();
        assertThat(read(".", choice(null, "bare", "prod", false)).secrets())
                .containsExactly(folder.resolve("secrets/all"));
        assertThat(read(".", choice(null, null, null, true)).secrets()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    version: 2                                   | :1: version '2' is not known
                    defualts: {}                                 | :1: unknown key 'defualts' (nearest: 'defaults')
                    defaults: { roless: [] }                     | :1: unknown key 'roless' (nearest: 'roles')
                    defaults: { profile: x }                     | has no 'x' among its profiles
                    defaults: { environment: x }                 | has no 'x' among its environments
                    defaults: { secrets_inventory: [ '{profile}' ] } | needs a profile
                    defaults: { secrets_inventory: [ none ] }    | no such folder
                    - a                                          | must be a mapping
                    """)
    void mistakesAreNamed(String text, String message) throws IOException {
        write(".jetpack.yml", text);
        assertThatThrownBy(() -> read(".", none()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(folder.resolve(".jetpack.yml").toString())
                .hasMessageContaining(message);
    }

    @Test
    void onlyARunThatChangesHostsNeedsTheSecrets() throws IOException {
        write(".jetpack.yml", "defaults: { secrets_inventory: [ none ] }\n");
        assertThat(JetpackFile.read(folder, none(), false).secrets()).isEmpty();
        assertThatThrownBy(() -> read(".", choice("no.yml", null, null, false)))
                .hasMessageContaining("no.yml: no such file (--config)");
        Files.delete(folder.resolve(".jetpack.yml"));
        assertThatThrownBy(() -> read(".", choice(null, "london", null, false)))
                .hasMessageContaining("there is none in this folder");
    }

    private JetpackFile read(String from, JetpackFile.Choice choice) {
        return JetpackFile.read(folder.resolve(from), choice, true);
    }

    private static JetpackFile.Choice none() {
        return new JetpackFile.Choice(Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    private JetpackFile.Choice choice(
            String config, String profile, String environment, boolean withoutSecrets) {
        return new JetpackFile.Choice(
                Optional.ofNullable(config).map(folder::resolve),
                Optional.ofNullable(profile),
                Optional.ofNullable(environment),
                withoutSecrets);
    }

    private void write(String path, String text) throws IOException {
        Files.writeString(folder.resolve(path), text);
    }
}
