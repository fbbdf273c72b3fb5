package org.jetfanout.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jetfanout.doctor.Finding.State;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.SshAgent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentExaminationTest {
    @TempDir Path home;

    private Finding found(String socket) {
        SshFiles files = SshFiles.ofUser(Map.of("SSH_AUTH_SOCK", socket), home);
        return new AgentExamination(files).findings().get(0);
    }

    @Test
    void noAgent() {
        assertThat(found("").state()).isEqualTo(State.MISSING);
        assertThat(found("").detail()).startsWith("SSH_AUTH_SOCK is not set");
        assertThat(found("").advice()).contains("ssh-agent", "agent: none");
        assertThat(found(home.resolve("gone").toString()).detail()).endsWith("does not exist");
    }

    @Test
    void whatItHolds() throws IOException {
        try (SshAgent agent = SshAgent.start()) {
            String socket = agent.socket().toString();
            assertThat(found(socket).line())
                    .startsWith("missing  agent: the ssh-agent has no keys");
            Keys.Pair workers = Keys.ed25519(home, "workers");
            agent.add(workers);
            assertThat(found(socket).state()).isEqualTo(State.WARNING);
            assertThat(found(socket).detail()).contains("one key only: " + workers.fingerprint());
            assertThat(found(socket).advice()).contains("agent_keys");
            // a key file that may log in to workers
            Path file = Files.createDirectories(home.resolve(".ssh")).resolve("id_ed25519");
            Files.createFile(file);
            assertThat(found(socket).state()).isEqualTo(State.OK);
            agent.add(Keys.ed25519(home, "hosts"), "-t", "1h");
            assertThat(found(socket).detail()).startsWith("2 keys: ");
        }
    }

    @Test
    void anAgentThatHasEnded() throws IOException {
        try (SshAgent agent = SshAgent.start()) {
            agent.kill();
            assertThat(found(agent.socket().toString()).state()).isEqualTo(State.MISSING);
            assertThat(found(agent.socket().toString()).detail()).startsWith("no answer at ");
        }
    }

    @Test
    void noAgentAtAll() throws IOException {
        Path file = Files.createFile(home.resolve("file"));
        assertThat(found(file.toString()).detail()).startsWith("no answer at SSH_AUTH_SOCK=");
    }
}
