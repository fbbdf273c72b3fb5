package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code plan} takes the command line of any run behind it. */
@ResourceLock(Resources.SYSTEM_ERR)
@ResourceLock(Resources.SYSTEM_OUT)
class AskedTest {
    @TempDir private Path folder;

    @BeforeEach
    void site() throws IOException {
        Files.writeString(
                folder.resolve("workers.yml"),
                "workers: { user: ops, agent: none, map: [ { from: all, to: w1 } ] }\n");
        Files.writeString(folder.resolve("fix.sh"), "#!/bin/sh\n");
    }

    private String config() {
        return folder.resolve("workers.yml").toString();
    }

    @Test
    void ofACommand() {
        Ended ended =
                Ended.of(
                        "plan",
                        "exec",
                        "-w",
                        "h[1-3]",
                        "--worker-config",
                        config(),
                        "df",
                        "--json");
        assertThat(ended.err()).isEmpty();
        assertThat(ended.exit()).isZero();
        // what follows the first word of the command is the host's
        assertThat(ended.out())
                .contains("w1: 3 hosts: h[1-3]")
                .contains("total: 3 hosts, 1 batch; nothing was sent");
    }

    @Test
    void ofAScriptAndAFile() {
        for (List<String> words :
                List.of(
                        List.of("script", folder.resolve("fix.sh").toString(), "-x"),
                        List.of("copy", folder.resolve("fix.sh").toString(), "/opt/fix.sh"))) {
            Ended ended =
                    Ended.of(
                            "plan",
                            words.get(0),
                            "-w",
                            "h1,h2",
                            "--worker-config",
                            config(),
                            words.get(1),
                            words.get(2));
            assertThat(ended.err()).isEmpty();
            assertThat(ended.out()).contains("total: 2 hosts, 1 batch; nothing was sent");
        }
    }

    @Test
    void asJson() {
        Ended before =
                Ended.of("plan", "--json", "exec", "-w", "h1", "--worker-config", config(), "id");
        Ended behind =
                Ended.of("plan", "exec", "--json", "-w", "h1", "--worker-config", config(), "id");
        assertThat(before.out()).startsWith("{\"guid\":").contains("\"hosts\":[\"h1\"]");
        assertThat(behind.out()).startsWith("{\"guid\":").contains("\"hosts\":[\"h1\"]");
    }

    @Test
    void whatTheRunWouldRefuseIsRefusedWithItsExitCode() {
        Ended usage = Ended.of("plan", "exec", "-w", "h1", "--worker-config", config());
        assertThat(usage.exit()).isEqualTo(64);
        assertThat(usage.err()).contains("COMMAND");
        Ended name = Ended.of("plan", "exec", "-w", "-oX=y", "--worker-config", config(), "id");
        assertThat(name.exit()).isEqualTo(78);
        assertThat(name.err().lines()).hasSize(1);
    }

    @Test
    void helpIsThatOfTheRun() {
        Ended ended = Ended.of("plan", "exec", "--help");
        assertThat(ended.exit()).isZero();
        assertThat(ended.out()).containsOnlyOnce("COMMAND...             The command");
    }
}
