package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jetfanout.testkit.CommandLines;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.TestUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * jet-fanout as the runner of a worker, by the files of docs/many.md: the worker, a gateway, has
 * workers of its own, which nobody else knows.
 */
class ThirdTierIT {
    private static final Path PAGE = Path.of("docs/many.md");

    @RegisterExtension static final Fleet gateways = Fleet.start(140, 1);

    @RegisterExtension static final Fleet inner = Fleet.start(142, 2);

    @TempDir private Path folder;

    @Test
    void aGatewayHasWorkersOfItsOwn() throws IOException {
        Path gateway = gateway();
        Path etc = gateway.resolve("etc");
        Files.writeString(
                etc.resolve("workers.yml"),
                page("from: web, to: inner_workers")
                                .replace("/usr/bin/jetp", inner.jetp().toString())
                                .replace("user: fanout", "user: " + TestUser.name())
                        + "  env: { STAND_IN_SSH: '1' }\n");
        try (SshAgent agent =
                SshAgent.start(gateways.workerKey(), inner.workerKey(), inner.hostKey())) {
            Site site = site().environment("SSH_AUTH_SOCK", agent.socket().toString());
            site.write(
                    "workers.yml",
                    page("from: web, to: gateways")
                                    .replace("to: gateways", "to: wk")
                                    .replace(
                                            "jetp: jet-fanout",
                                            "jetp: " + gateway.resolve("bin/jet-fanout"))
                                    .replace("/etc/jet-fanout", etc.toString())
                            + "  user: "
                            + TestUser.name()
                            + "\n");
            Program.Ended run = site.startAsIs().end();
            assertThat(run.exit()).as("%s", run).isEqualTo(6);
            assertThat(run.outcomes())
                    .isEqualTo(
                            Map.of(
                                    "h1", "changed",
                                    "h2", "changed",
                                    "h3", "failed",
                                    "h4", "unreachable",
                                    "h5", "ok"));
            assertThat(run.err()).contains("leave a mark: exit code 2: ls: ");
            // it names a key for the workers of the gateway, and one for hosts
            assertThat(run.complaints()).noneMatch(line -> line.contains("agent_keys"));
            for (int n = 1; n <= 2; n++) {
                assertThat(inner.hostHome(n).resolve("was-here")).exists();
            }
            assertThat(run.records("signatures.ndjson").stream().map(JsonNode::toString))
                    .anyMatch(line -> line.contains(inner.workerKey().fingerprint()))
                    .anyMatch(line -> line.contains(inner.hostKey().fingerprint()));
        }
    }

    /** The gateway's files: the program, the inventory of its workers, and whom it knows. */
    private static Path gateway() throws IOException {
        Path folder = Files.createTempDirectory("jetgw");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        CommandLines.ofOrdinaryUser(folder);
        Path workers = folder.resolve("etc/workers");
        Files.createDirectories(workers.resolve("groups"));
        Files.createDirectories(workers.resolve("host_vars"));
        Files.writeString(workers.resolve("groups/inner_workers"), "hosts: [ n1, n2 ]\n");
        for (int n = 1; n <= 2; n++) {
            Files.writeString(
                    workers.resolve("host_vars/n" + n), address(inner.worker(n), inner.port()));
        }
        Path ssh = Files.createDirectories(gateways.home(1).resolve(".ssh"));
        List<String> known = new ArrayList<>(inner.knownHosts());
        String key = inner.hostServer().hostKeys().get(0).blob();
        for (int n = 1; n <= 2; n++) {
            known.add("[" + inner.host(n) + "]:" + inner.hostPort() + " " + key);
        }
        Files.write(ssh.resolve("known_hosts"), known);
        TestUser.own(ssh);
        return folder;
    }

    private Site site() throws IOException {
        Site site = new Site(gateways, folder).group("web", List.of("h1", "h2", "h3", "h4", "h5"));
        for (int n = 1; n <= 2; n++) {
            site.hostVars("h" + n, address(inner.host(n), inner.hostPort()));
        }
        site.hostVars("h3", address(inner.host(1), inner.hostPort()) + "stand_in: fail\n");
        site.hostVars("h5", address(inner.host(2), inner.hostPort()) + "stand_in: match\n");
        return site.behave("h4", "unreachable")
                .playbook(
                        """
                        - name: one
                          groups: [ web ]
                          tasks:
                            - !shell
                              name: leave a mark
                              cmd: touch $HOME/was-here
                        """);
    }

    private static String address(String name, int port) {
        return "jet_ssh_hostname: %s\njet_ssh_port: %d\n".formatted(name, port);
    }

    /** The page's block with these words, with the keys of this test. */
    private static String page(String words) throws IOException {
        for (String block : Files.readString(PAGE).split("\n\n", -1)) {
            if (block.startsWith("    workers:") && block.contains(words)) {
                return block.stripIndent()
                                .replace(
                                        "SHA256:key-of-inner-workers",
                                        inner.workerKey().fingerprint())
                                .replace("SHA256:key-of-hosts", inner.hostKey().fingerprint())
                                .strip()
                        + "\n";
            }
        }
        throw new AssertionError(PAGE + " has no block with " + words);
    }
}
