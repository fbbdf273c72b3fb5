package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Hosts reached for real, by the keys of the user's agent, through the guard. */
class AgentIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(50, 2);

    @TempDir private Path folder;
    private Site site;

    @BeforeEach
    void makeSite() throws IOException {
        site = new Site(fleet, folder).group("web", List.of("h1", "h2"));
        for (int n = 1; n <= 2; n++) {
            site.hostVars(
                    "h" + n,
                    "jet_ssh_hostname: %s\njet_ssh_port: %d\n"
                            .formatted(fleet.host(n), fleet.hostPort()));
        }
        site.env(Map.of("STAND_IN_SSH", "1"));
    }

    @Test
    void theRunnerReachesItsHosts() throws IOException {
        site.playbook(
                """
                - name: one
                  groups: [ web ]
                  tasks:
                    - !shell
                      name: leave a mark
                      cmd: touch $HOME/was-here
                """);
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.outcomes())
                .containsOnly(Map.entry("h1", "changed"), Map.entry("h2", "changed"));
        for (int n = 1; n <= 2; n++) {
            assertThat(fleet.hostHome(n).resolve("was-here")).exists();
        }
        List<JsonNode> signatures = run.records("signatures.ndjson");
        assertThat(signatures).hasSizeGreaterThanOrEqualTo(4);
        assertThat(signatures)
                .allSatisfy(
                        line -> {
                            assertThat(line.path("guid").asText()).isEqualTo(run.guid());
                            assertThat(line.path("worker").asText()).isIn("w1", "w2");
                            assertThat(line.toString())
                                    .contains(fleet.hostKey().fingerprint(), TestUser.name());
                        });
        assertThat(run.record("signatures.ndjson"))
                .content()
                .doesNotContain(fleet.workerKey().fingerprint());
    }

    @Test
    void aJobCanListAndSignButNothingElse() throws IOException {
        Path key = Keys.ed25519(folder, "intruder").file();
        String text = java.nio.file.Files.readString(key);
        Path runner =
                fleet.program(
                        "nosy-jetp",
                        """
                        #!/bin/sh
                        echo "listed $(ssh-add -l)"
                        ssh-add -D && echo "harm: all removed"
                        ssh-add -L >keys.pub
                        ssh-add -d keys.pub && echo "harm: one removed"
                        echo pw >pw; printf '#!/bin/sh\\ncat pw\\n' >ask; chmod +x ask
                        SSH_ASKPASS=./ask SSH_ASKPASS_REQUIRE=force ssh-add -x && echo "harm: locked"
                        umask 077; cat >intruder <<'KEY'
                        %sKEY
                        ssh-add intruder && echo "harm: added"
                        echo "still $(ssh-add -l | wc -l)"
                        exec %s "$@"
                        """
                                .formatted(text.indent(0), fleet.jetp()));
        String before = fleet.agent().list();
        Program.Ended run = site.workers(1).setting("jetp", runner.toString()).run();
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.out())
                .contains("listed 256 " + fleet.hostKey().fingerprint(), "still 1")
                .doesNotContain("harm:", fleet.workerKey().fingerprint());
        assertThat(fleet.agent().list()).isEqualTo(before);
    }

    @Test
    void onlyTheKeysThatWorkersYmlNames() throws IOException {
        Keys.Pair other = Keys.ed25519(folder, "other");
        try (SshAgent agent = SshAgent.start(fleet.workerKey(), other, fleet.hostKey())) {
            site.environment("SSH_AUTH_SOCK", agent.socket().toString());
            Path runner =
                    fleet.program(
                            "lister", "#!/bin/sh\nssh-add -l\nexec " + fleet.jetp() + " \"$@\"\n");
            site.setting("jetp", runner.toString());
            site.setting("agent_keys", "[ '" + fleet.hostKey().fingerprint() + "' ]");
            Program.Ended run = site.run();
            assertThat(run.exit()).as("%s", run).isZero();
            assertThat(run.out())
                    .contains(fleet.hostKey().fingerprint())
                    .doesNotContain(other.fingerprint(), fleet.workerKey().fingerprint());
        }
    }

    @Test
    void whichKeysAreForHostsIsAskedForBeforeAnythingIsSent() throws IOException {
        site.setting("agent_keys", null);
        long jobs = fleet.jobs();
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints())
                .singleElement()
                .asString()
                .contains("agent_keys: [ 'SHA256:", fleet.hostKey().fingerprint());
        assertThat(fleet.jobs()).isEqualTo(jobs);

        // or ssh_config says it
        site.write("home/.ssh/config", "Host *\n  IdentityFile " + fleet.workerKey().file() + "\n");
        Program.Ended known = site.run();
        assertThat(known.exit()).as("%s", known).isZero();
        assertThat(known.record("signatures.ndjson"))
                .content()
                .contains(fleet.hostKey().fingerprint())
                .doesNotContain(fleet.workerKey().fingerprint());
    }

    @Test
    void aHostWithAnotherLoginIsReachedAndNobodyElse() throws IOException {
        Path runner =
                fleet.program(
                        "sly-jetp",
                        """
                        #!/bin/sh
                        ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \\
                        	-p %d root@%s true </dev/null || echo "not root"
                        exec %s "$@"
                        """
                                .formatted(fleet.hostPort(), fleet.host(1), fleet.jetp()));
        site.environment("JET_SSH_USER", "nobody-here");
        for (int n = 1; n <= 2; n++) {
            site.hostVars(
                    "h" + n,
                    "jet_ssh_hostname: %s\njet_ssh_port: %d\njet_ssh_user: %s\n"
                            .formatted(fleet.host(n), fleet.hostPort(), TestUser.name()));
        }
        Program.Ended run = site.setting("jetp", runner.toString()).run();
        assertThat(run.out()).contains("not root");
        assertThat(run.err()).contains("does not sign logins as 'root'", "agent_users");
        assertThat(run.records("signatures.ndjson"))
                .anySatisfy(line -> assertThat(line.toString()).contains("root", "false"))
                .noneSatisfy(line -> assertThat(line.toString()).contains("root", "true"));
    }

    /** The connection stands, so that only the guard knows. */
    @Test
    void anAgentThatDiesIsTheReasonOfItsHosts() throws IOException {
        Path runner =
                fleet.program(
                        "patient-jetp",
                        """
                        #!/bin/sh
                        echo ready
                        until [ -e "$HOME/agent-is-dead" ]; do sleep 0.1; done
                        exec %s "$@"
                        """
                                .formatted(fleet.jetp()));
        Path go = fleet.home(1).resolve("agent-is-dead");
        try (SshAgent agent = SshAgent.start(fleet.workerKey(), fleet.hostKey())) {
            site.environment("SSH_AUTH_SOCK", agent.socket().toString());
            Program run = site.workers(1).setting("jetp", runner.toString()).start();
            Waiting.until("the runner", () -> run.out().contains("ready"));
            agent.kill();
            Files.createFile(go);
            Program.Ended ended = run.end();
            assertThat(ended.exit()).as("%s", ended).isEqualTo(4);
            assertThat(ended.err())
                    .contains("the ssh-agent on the control machine does not answer");
            assertThat(ended.outcomes().values()).containsOnly("unreachable");
            assertThat(site.status(ended).toString())
                    .contains("the ssh-agent on the control machine does not answer");
        } finally {
            Files.deleteIfExists(go);
        }
    }

    @Test
    void withoutAnAgentWhereWorkersYmlSaysSo() throws IOException {
        site.setting("agent", "none").env(Map.of("STAND_IN", "ok"));
        Path runner =
                fleet.program(
                        "agentless",
                        "#!/bin/sh\nssh-add -l || echo \"agent: none\"\nexec "
                                + fleet.jetp()
                                + " \"$@\"\n");
        Program.Ended run = site.setting("jetp", runner.toString()).run();
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.out()).contains("agent: none");
    }
}
