package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.link.SharedKey;
import org.jetfanout.testkit.FreePort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with the command line of a hand ends in one line; and how a key is made. */
@ResourceLock(Resources.SYSTEM_ERR)
@ResourceLock(Resources.SYSTEM_OUT)
class HandCommandTest {
    @TempDir private Path folder;

    private String config(String text) throws IOException {
        Path file = folder.resolve("broker.yml");
        Files.writeString(file, "broker:\n" + text.indent(2));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file.toString();
    }

    private static void refused(int exit, String message, String... words) {
        Ended ended = Ended.of(words);
        assertThat(ended.err().lines().toList()).as("%s", ended).hasSize(1);
        assertThat(ended.err()).contains(message);
        assertThat(ended.exit()).isEqualTo(exit);
        assertThat(ended.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|--broker-config is missing: give the file that names the broker",
                "--zones eu,u.s|a zone of --zones must be a short word",
                "--zones eu,,us|a zone of --zones must be a short word",
                "--name a/b|--name must be a short word",
                "--threads 0|--threads must be at least 1",
                "--threads many|must be a whole number, not 'many'",
                "--drain soon|must be a duration such as 90s",
                "--zone eu|Unknown option",
                "extra|Unmatched argument"
            })
    void usage(String more, String message) {
        List<String> words = new ArrayList<>(List.of("hand"));
        if (more != null) {
            words.addAll(List.of(more.split(" ", -1)));
        }
        refused(64, message, words.toArray(String[]::new));
    }

    @Test
    void theBrokersFileMustNameAKeyThatIsThere() throws IOException {
        refused(
                78,
                "broker.yml: broker has no 'shared_key:'",
                "hand",
                "--broker-config",
                config("url: tcp://127.0.0.1:1"));
        refused(
                78,
                "none.key: there is no such key file",
                "hand",
                "--broker-config",
                config("url: tcp://127.0.0.1:1\nshared_key: none.key"));
    }

    @Test
    void aKeyIsMadeOnce() throws IOException {
        Path key = folder.resolve("shared.key");
        Ended made = Ended.of("hand", "--make-key", key.toString());
        assertThat(made.exit()).isZero();
        assertThat(made.out())
                .startsWith("made key " + SharedKey.read(key).id() + " in " + key + ": copy");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        String before = Files.readString(key);
        refused(78, "exists; it is not replaced", "hand", "--make-key", key.toString());
        assertThat(key).hasContent(before.strip());
    }

    @Test
    void nobodyListens() throws IOException {
        int port = FreePort.next();
        SharedKey.make(folder.resolve("shared.key"));
        String url = "tcp://127.0.0.1:" + port;
        Ended ended =
                Ended.of(
                        "hand",
                        "--broker-config",
                        config("url: " + url + "\nshared_key: shared.key"));
        assertThat(ended.exit()).isEqualTo(78);
        assertThat(ended.err()).contains("cannot use the broker " + url);
    }

    @Test
    void aRunWithoutHandsConnectsItself() throws IOException {
        Path workers =
                Files.writeString(
                        folder.resolve("workers.yml"), "workers:\n  map: [ { from: a, to: b } ]\n");
        String url = "tcp://127.0.0.1:1";
        for (String broker :
                List.of("--broker=" + url, "--broker-config=" + config("url: " + url))) {
            refused(
                    64,
                    "--no-local requires --broker-config with 'shared_key:'",
                    "exec",
                    "-w",
                    "h1",
                    "--worker-config",
                    workers.toString(),
                    broker,
                    "--no-local",
                    "id");
        }
    }
}
