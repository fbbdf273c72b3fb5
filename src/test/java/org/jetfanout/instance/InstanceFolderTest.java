package org.jetfanout.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.HostName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceFolderTest {
    @TempDir private Path temp;

    @Test
    void instancesOfOneMachineHaveNamesOfTheirOwn() {
        Path folder = temp.resolve("instances");
        String machine = HostName.get();
        InstanceFolder first = InstanceFolder.take(folder, Optional.empty());
        try (InstanceFolder second = InstanceFolder.take(folder, Optional.empty())) {
            assertThat(first.name()).isEqualTo(machine);
            assertThat(second.name()).isEqualTo(machine + "-2");
            assertThat(second.log().getParent()).isEqualTo(folder.resolve(machine + "-2"));
        }
        first.close();
        try (InstanceFolder again = InstanceFolder.take(folder, Optional.empty())) {
            assertThat(again.name()).isEqualTo(machine);
        }
    }

    @Test
    void aNameThatIsAskedForIsGivenOnce() {
        try (InstanceFolder eu = InstanceFolder.take(temp, Optional.of("eu-1"))) {
            assertThat(eu.name()).isEqualTo("eu-1");
            assertThatThrownBy(() -> InstanceFolder.take(temp, Optional.of("eu-1")))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(
                            "an instance named eu-1 runs on this machine already: give another"
                                    + " --name");
        }
        InstanceFolder.take(temp, Optional.of("eu-1")).close();
    }

    @Test
    void nobodyElseReadsIt() throws Exception {
        InstanceFolder.take(temp, Optional.of("eu-1")).close();
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(temp.resolve("eu-1"))))
                .isEqualTo("rwx------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "-a", "a b", "ü", "a\n"})
    void whatIsNoName(String text) {
        assertThat(InstanceFolder.isName(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "eu-west-1", "hand_2.example"})
    void whatIsAName(String text) {
        assertThat(InstanceFolder.isName(text)).isTrue();
    }
}
