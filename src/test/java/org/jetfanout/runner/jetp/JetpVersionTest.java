package org.jetfanout.runner.jetp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.runner.Runner;
import org.jetfanout.site.playbook.Dialect;
import org.jetfanout.site.workers.WorkerSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JetpVersionTest {
    /** What the real jetp says: a blank line, then a table. */
    @Test
    void ofJetpsTable() throws IOException {
        String text =
                Files.readString(Path.of("src/test/resources/jetp/recordings/b9-version.stdout"));
        assertThat(JetpVersion.of(text))
                .isEqualTo("jetp build 40f8151d507ad136cd0eb7819703dbe548889bb1@HEAD");
    }

    @Test
    void withoutColours() {
        assertThat(JetpVersion.of("\u001b[1m\u001b[0m\n\u001b[32mrun-it\u001b[0m 7"))
                .isEqualTo("run-it 7");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "jetp 0.1.1; jetp 0.1.1",
                "\\n\\n  jetpack 0.5.0  \\nmore; jetpack 0.5.0",
                "ansible-playbook [core 2.14.18]\\n"
                        + "  config file = None; ansible-playbook [core 2.14.18]",
                "+------+-----+\\n| jetp | url |\\n| Version | 3 |\\n+---+; jetp Version 3",
                "───────; ''",
                "╔═══╗\\n║ x ║ 1 ║; x 1",
                "''; ''"
            })
    void ofOthers(String text, String version) {
        assertThat(JetpVersion.of(text.replace("\\n", "\n"))).isEqualTo(version);
    }

    @Test
    void jetpackIsCalledByItsName() throws IOException {
        Runner jetpack = new Jetp(Dialect.JETPACK);
        String table =
                Files.readString(
                        Path.of("src/test/resources/jetpack/recordings/22-version.stdout"));
        assertThat(jetpack.version(table))
                .isEqualTo("Jetpack build 9dea488626e85995aab2d7cbaf5dd83ebdf2a34e@main");
        assertThat(jetpack.version("wrapped 7")).isEqualTo("wrapped 7");
        assertThat(new Jetp().version(table)).startsWith("jetp build 9dea488");
        assertThat(jetpack.versionCommand(WorkerSettings.defaults()))
                .as("jetp refuses this mode")
                .containsExactly("jetpack", "apply", "--version");
        assertThat(new Jetp().versionCommand(WorkerSettings.defaults()))
                .containsExactly("jetp", "--version");
    }
}
