package org.jetfanout.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.ssh.agent.Signature;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.SshTestBed;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection that one run leaves and another uses. Each run has its own SshConnections. */
class KeptConnectionsIT {
    private static final String WHICH = "echo $SSH_CONNECTION";

    @TempDir private Path folder;
    private Keys.Pair login;
    private Keys.Pair host;
    private SshAgent agent;
    private OpenSshServer worker;
    private SshTestBed bed;
    private KeptConnections kept;
    private Path open;

    @BeforeEach
    void start() throws IOException {
        login = Keys.ed25519(folder, "login");
        host = Keys.ed25519(folder, "host");
        agent = SshAgent.start(login, host);
        worker = OpenSshServer.at("127.0.63.1").authorize(login, host).start();
        bed = new SshTestBed(folder);
        bed.knows(worker);
        kept = new KeptConnections(Duration.ofMinutes(1), Duration.ofSeconds(15));
        // for the account of the worker too
        open = Files.createTempDirectory("kept");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @AfterEach
    void stop() throws IOException {
        kept.close();
        worker.close();
        agent.close();
        PrivateFiles.remove(open);
    }

    /** A run: what its command prints. */
    private String run(String command, Optional<GuardPolicy> guard) {
        try (SshConnections run = new SshConnections(bed.agent(agent).keeping(kept));
                SshSession session =
                        run.open(
                                worker.destination("w1"),
                                SshTestBed.PATIENT,
                                guard,
                                Set.of(host.fingerprint()))) {
            return SshTestBed.output(session.exec(command, Optional.empty())).strip();
        }
    }

    private String run(String command) {
        return run(command, Optional.empty());
    }

    @Test
    void theNextRunUsesItAndAnOldOneIsClosed() {
        String first = run(WHICH);
        Waiting.until("it is kept for the next one", () -> kept.count() == 1);
        assertThat(run(WHICH)).isEqualTo(first);
        Waiting.until("it is kept", () -> kept.count() == 1);
        try (KeptConnections brief = new KeptConnections(Duration.ofMillis(200));
                SshConnections run = new SshConnections(bed.agent(agent).keeping(brief))) {
            SshTestBed.run(run, worker.destination("w1"), WHICH);
            Waiting.until("it is closed", () -> brief.count() == 0);
        }
    }

    @Test
    void twoRunsAtATimeHaveOneEach() {
        run(WHICH);
        try (SshConnections one = new SshConnections(bed.agent(agent).keeping(kept));
                SshSession held = open(one)) {
            String first = SshTestBed.output(held.exec(WHICH, Optional.empty()));
            assertThat(run(WHICH)).isNotEqualTo(first.strip());
        }
        Waiting.until("both are kept", () -> kept.count() == 2);
    }

    private SshSession open(SshConnections run) {
        return run.open(
                worker.destination("w1"),
                SshTestBed.PATIENT,
                Optional.empty(),
                Set.of(host.fingerprint()));
    }

    @Test
    void aDeadOneIsReplacedBeforeTheCommandIsSent() {
        String first = run(WHICH);
        worker.killConnections();
        String second = run("echo x >> " + open.resolve("times") + "; " + WHICH);
        assertThat(second).isNotEmpty().isNotEqualTo(first);
        assertThat(open.resolve("times")).hasContent("x");
        worker.freezeConnections(); // it stands, but nobody answers there
        try {
            assertThat(run(WHICH)).isNotEmpty().isNotEqualTo(second);
        } finally {
            worker.thawConnections();
        }
    }

    /** The last message of a command is often on its way when a run has read all output. */
    @Test
    void itIsKeptAlsoIfItsCommandIsJustEnding() {
        try (SshConnections run = new SshConnections(bed.agent(agent).keeping(kept))) {
            SshSession session = open(run);
            ExecStream stream = session.exec("echo done; sleep 0.3 & exit 0", Optional.empty());
            assertThat(stream.hasNext()).isTrue();
            Waiting.until("its exit status", session::hasEnded);
            stream.close();
        }
        Waiting.until("it is kept", () -> kept.count() == 1);
    }

    @Test
    void whatIsNotLeftInGoodOrderIsClosed() {
        try (SshConnections run = new SshConnections(bed.agent(agent).keeping(kept))) {
            SshSession session = open(run);
            ExecStream stream = session.exec("echo begun; sleep 60", Optional.empty());
            assertThat(stream.hasNext()).isTrue();
            stream.close();
        }
        assertThat(kept.count()).isZero();
    }

    @Test
    void keysThatAreNotThereAnyMoreDoNotLogIn() throws IOException {
        run(WHICH);
        agent.empty();
        agent.add(host);
        assertThatThrownBy(() -> run(WHICH))
                .isInstanceOf(WorkerUnreachableException.class)
                .hasMessageContaining("no key");
        agent.add(login);
        assertThat(run(WHICH)).isNotEmpty();

        run(WHICH);
        Files.writeString(
                bed.knownHosts(),
                "@revoked " + String.join("\n@revoked ", worker.knownHostsLines()) + "\n");
        assertThatThrownBy(() -> run(WHICH))
                .isInstanceOf(WorkerUnreachableException.class)
                .hasMessageContaining("REVOKED");
    }

    @Test
    void eachRunHasItsOwnGuardAndBetweenThemThereIsNone() throws IOException {
        List<Signature> first = new CopyOnWriteArrayList<>();
        List<Signature> second = new CopyOnWriteArrayList<>();
        Path late = open.resolve("late");
        Path go = open.resolve("go");
        ShownKeys keys = ShownKeys.named(List.of(host.fingerprint()));
        String connection =
                run(
                        "ssh-add -l; (until [ -e %s ]; do sleep 0.1; done; ssh-add -l; echo end) >%s 2>&1 </dev/null & %s"
                                .formatted(go, late, WHICH),
                        Optional.of(SshTestBed.policy("g1", keys, first::add)));
        assertThat(connection).contains(host.fingerprint()).doesNotContain(login.fingerprint());
        Waiting.until("it is kept", () -> kept.count() == 1);
        Files.createFile(go);
        Waiting.until(
                "the end of what was left",
                () -> Files.exists(late) && Files.readString(late).contains("end"));
        assertThat(Files.readString(late)).doesNotContain("SHA256");

        String again =
                run(
                        "ssh-add -l; ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o"
                                + " UserKnownHostsFile=/dev/null -p %d %s@%s echo in 2>/dev/null; %s"
                                        .formatted(
                                                worker.port(),
                                                OpenSshServer.loginUser(),
                                                worker.address(),
                                                WHICH),
                        Optional.of(SshTestBed.policy("g2", keys, second::add)));
        assertThat(again).contains(host.fingerprint(), "in");
        assertThat(again.lines().reduce((a, b) -> b).orElse(""))
                .isEqualTo(connection.lines().reduce((a, b) -> b).orElse("?"));
        assertThat(first).isEmpty();
        assertThat(second).isNotEmpty().allMatch(signature -> signature.guid().equals("g2"));

        // a run without an agent: nobody answers
        assertThat(run("ssh-add -l 2>&1; " + WHICH)).doesNotContain("SHA256");
    }
}
