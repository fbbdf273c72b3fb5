package org.jetfanout.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.doctor.Finding.State;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.testkit.Keys;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SshFilesExaminationTest {
    @TempDir Path folder;
    private Path config;
    private Path knownHosts;
    private Path key;

    @BeforeEach
    void names() {
        config = folder.resolve("config");
        knownHosts = folder.resolve("known_hosts");
        key = folder.resolve("id_ed25519");
    }

    private List<Finding> found(String path) {
        SshFiles files =
                new SshFiles(
                        List.of(knownHosts),
                        List.of(config),
                        List.of(),
                        List.of(key),
                        Optional.empty());
        Map<String, String> environment = Map.of("PATH", path, "HOME", folder.toString());
        return new SshFilesExamination(files, environment, new LocalPrograms(environment))
                .findings();
    }

    @Test
    void nothingIsThere() {
        assertThat(found("/usr/bin")).hasSize(2);
        assertThat(found("/usr/bin").get(0).line()).startsWith("ok       ssh_config: none");
        assertThat(found("/usr/bin").get(1).state()).isEqualTo(State.WARNING);
        assertThat(found("/usr/bin").get(1).advice()).contains(knownHosts.toString());
    }

    @Test
    void linesOfKnownHosts() throws IOException {
        String host = "w1 " + Keys.ed25519(folder, "host").publicLine();
        Files.writeString(knownHosts, host + "\n# a comment\n\n");
        assertThat(found("/usr/bin").get(1).line()).isEqualTo("ok       known_hosts: 1 line");
        Files.writeString(knownHosts, host + "\nw2 ssh-ed25519\n");
        assertThat(found("/usr/bin").get(1).state()).isEqualTo(State.WARNING);
        assertThat(found("/usr/bin").get(1).detail())
                .contains("2 lines, of which 1 cannot be read and is ignored", knownHosts + ":2: ");
    }

    @Test
    void whatCannotBeRead() throws IOException {
        // root may read everything, but no folder
        Files.createDirectory(knownHosts);
        assertThat(found("/usr/bin").get(1).line())
                .isEqualTo("missing  known_hosts: " + knownHosts + " cannot be read");
        Files.createDirectory(config);
        assertThat(found("/usr/bin").get(0).state()).isEqualTo(State.MISSING);
    }

    @Test
    void settingsThatNeedSsh() throws IOException {
        Files.writeString(config, "Match exec \"true\"\n  User ops\n");
        assertThat(found("/usr/bin").get(0).state()).isEqualTo(State.OK);
        assertThat(found(folder.toString()).get(0).state()).isEqualTo(State.MISSING);
        assertThat(found(folder.toString()).get(0).detail()).contains("ssh is not installed");
    }

    @Test
    void aKeyThatOthersCanRead() throws IOException {
        Files.createFile(
                key,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        assertThat(found("/usr/bin")).hasSize(2);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(found("/usr/bin").get(2).line())
                .startsWith("warning  key files: " + key + " can be read by others");
    }
}
