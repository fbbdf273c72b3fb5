package org.jetfanout.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jetfanout.testkit.CommandLines;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.TestUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code doctor} on this machine, well and ill, as a user who is not root. */
final class DoctorIT {
    @TempDir Path folder;

    private Path closed(String name) throws IOException {
        Path path = Files.createDirectory(folder.resolve(name));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r-xr-xr-x"));
        return path;
    }

    @Test
    void everythingIsThere() throws Exception {
        CommandLines shell = CommandLines.ofOwnUser(folder);
        Path ssh = Files.createDirectory(folder.resolve(".ssh"));
        Files.writeString(
                ssh.resolve("known_hosts"), "w1 " + Keys.ed25519(folder, "w1").publicLine());
        try (SshAgent agent =
                SshAgent.start(Keys.ed25519(folder, "one"), Keys.ed25519(folder, "two"))) {
            CommandLines.Ended ended =
                    shell.run(folder, agent.environment(), "jet-fanout doctor --json");
            assertThat(ended.exit()).as(ended.out() + ended.err()).isZero();
            JsonNode json = new ObjectMapper().readTree(ended.out());
            assertThat(json.at("/totals/missing").asInt()).isZero();
            assertThat(json.at("/exitCode").asInt()).isZero();
            assertThat(json.get("findings").findValuesAsText("subject"))
                    .contains(
                            "agent",
                            "ssh_config",
                            "known_hosts",
                            "open files",
                            "processes",
                            "locale",
                            "run records",
                            "temporary files",
                            "clock",
                            "java",
                            "memory",
                            "start",
                            "python3");
            assertThat(ended.out()).contains("2 keys: SHA256:");
        }
        assertThat(folder.resolve("state")).doesNotExist();
    }

    @Test
    void muchIsMissing() throws Exception {
        CommandLines shell = CommandLines.ofOrdinaryUser(folder);
        Map<String, String> environment =
                Map.of(
                        "XDG_STATE_HOME",
                        closed("state").toString(),
                        "XDG_CACHE_HOME",
                        closed("cache").toString(),
                        "LC_ALL",
                        "C.UTF-8",
                        "JET_FANOUT_LC_ALL",
                        "xx_YY.UTF-8",
                        "JAVA_TOOL_OPTIONS",
                        "-Djava.io.tmpdir=" + closed("tmp"));
        CommandLines.Ended ended =
                shell.run(
                        folder,
                        environment,
                        "ulimit -n 400; jet-fanout doctor --threads 100000"
                                + " --runner jetp --local");
        assertThat(ended.exit()).as(ended.out() + ended.err()).isEqualTo(78);
        assertThat(ended.out())
                .contains("missing  agent: SSH_AUTH_SOCK is not set")
                .contains("warning  known_hosts: no host key is known")
                .containsPattern("(missing|warning) +open files: .*400")
                .containsPattern("warning  locale: LC_ALL=xx_YY.UTF-8.*: this machine has no such")
                .containsPattern("missing  run records: .*permission denied")
                .containsPattern("missing  temporary files: .*permission denied")
                .contains("options from JAVA_TOOL_OPTIONS")
                .containsPattern("warning  start: .*permission denied")
                .contains("Set XDG_STATE_HOME to a folder")
                .containsPattern("\nthis machine: \\d+ ok, \\d+ with warnings, \\d+ missing\n$");
        if (TestUser.isOther()) {
            // the limit of a machine on which root runs the tests; others may have none
            assertThat(ended.out()).containsPattern("(missing|ok) +processes: ");
        }
    }

    /** A file system in memory that is full; where none can be mounted, a limit of file sizes. */
    @Test
    void theDiskIsFull() throws Exception {
        CommandLines shell = CommandLines.ofOwnUser(folder);
        Path state = Files.createDirectory(folder.resolve("full"));
        String mounted =
                "exec unshare --mount sh -c 'mount -t tmpfs -o size=32k full %s && jet-fanout doctor'"
                        .formatted(state);
        CommandLines.Ended can = shell.run(folder, Map.of(), "unshare --mount true");
        String line =
                can.exit() == 0
                        ? mounted
                        : "trap '' XFSZ; ulimit -f 10; jet-fanout doctor 2>&1 |cat";
        CommandLines.Ended ended =
                shell.run(folder, Map.of("XDG_STATE_HOME", state.toString()), line);
        assertThat(ended.out())
                .containsPattern(
                        "missing  run records: .*no file can be written there: "
                                + "(No space left on device|File too large)");
    }
}
