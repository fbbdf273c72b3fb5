package org.jetfanout.ssh.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.agent.SshAgentConstants;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jetfanout.ssh.ExecStream;
import org.jetfanout.ssh.SshConnections;
import org.jetfanout.ssh.SshSession;
import org.jetfanout.ssh.keys.KeyBlob;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.SshTestBed;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker can do with the user's real ssh-agent. */
class AgentGuardIT {
    @TempDir Path folder;
    private Keys.Pair loginKey;
    private Keys.Pair hostKey;
    private Keys.Pair otherKey;
    private OpenSshServer worker;
    private OpenSshServer host;
    private SshAgent agent;
    private SshConnections connections;
    private final List<Signature> signatures = new CopyOnWriteArrayList<>();
    private final List<String> troubles = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws IOException {
        loginKey = Keys.ed25519(folder, "login");
        hostKey = Keys.ed25519(folder, "hosts");
        otherKey = Keys.generate(folder, "other", "", "-t", "rsa", "-b", "2048");
        worker = OpenSshServer.at("127.0.0.2").authorize(loginKey).start();
        host = OpenSshServer.at("127.0.0.3").authorize(hostKey, otherKey).start();
        agent = SshAgent.start(loginKey, hostKey, otherKey);
        SshTestBed bed = new SshTestBed(folder);
        bed.knows(worker);
        connections = new SshConnections(bed.agent(agent));
    }

    @AfterEach
    void stop() {
        connections.close();
        worker.close();
        host.close();
        agent.close();
    }

    private record Ran(String output, OptionalInt exit) {}

    private Ran onWorker(String command, String... agentKeys) {
        ShownKeys keys =
                agentKeys.length == 0 ? SshTestBed.BUT_LOGIN : ShownKeys.named(List.of(agentKeys));
        return onWorker(command, Optional.of(SshTestBed.policy("guid-1", keys, signatures::add)));
    }

    private Ran onWorker(String command, Optional<GuardPolicy> policy) {
        try (SshSession session =
                connections.open(worker.destination("w1"), SshTestBed.PATIENT, policy)) {
            ExecStream stream = session.exec(command + " 2>&1", Optional.empty());
            return new Ran(SshTestBed.output(stream), stream.exitStatus());
        }
    }

    /** A command that logs in from the worker to the host, with OpenSSH's client. */
    private String secondHop(String options) throws IOException {
        Path known = worker.folder().resolve("known_hosts");
        Files.write(known, host.knownHostsLines());
        Files.setPosixFilePermissions(known, PosixFilePermissions.fromString("rw-r--r--"));
        return "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile="
                + known
                + " "
                + options
                + " -p "
                + host.port()
                + " "
                + OpenSshServer.loginUser()
                + "@127.0.0.3 echo on the host";
    }

    @Test
    void showsAllKeysButTheOneThatLoggedIn() {
        assertThat(onWorker("ssh-add -l").output())
                .contains(hostKey.fingerprint(), otherKey.fingerprint())
                .doesNotContain(loginKey.fingerprint());
    }

    @Test
    void showsOnlyConfiguredKeysByFingerprintOrComment() {
        assertThat(onWorker("ssh-add -l", otherKey.fingerprint()).output())
                .contains(otherKey.fingerprint())
                .doesNotContain(hostKey.fingerprint(), loginKey.fingerprint());
        assertThat(onWorker("ssh-add -l", "hosts").output())
                .contains(hostKey.fingerprint())
                .doesNotContain(otherKey.fingerprint());
    }

    @Test
    void certificatesOfTheLoginKeyAreKeptBackToo() {
        Keys.Pair authority = Keys.ed25519(folder, "authority");
        Programs.ok(
                "ssh-keygen",
                "-q",
                "-s",
                authority.file().toString(),
                "-I",
                "me",
                "-n",
                "anyone",
                loginKey.file() + ".pub");
        agent.add(loginKey);
        assertThat(agent.list()).contains("CERT");
        assertThat(onWorker("ssh-add -l").output())
                .contains(hostKey.fingerprint())
                .doesNotContain("CERT");
    }

    @Test
    void whateverChangesTheAgentIsRefusedAndTheAgentUnharmed() {
        String before = agent.list();
        String add =
                "k=$(mktemp -u) && ssh-keygen -q -t ed25519 -N '' -f $k; ssh-add $k; e=$?;"
                        + " rm -f $k $k.pub; exit $e";
        String lock =
                "export SSH_ASKPASS=/bin/true SSH_ASKPASS_REQUIRE=force; ssh-add -x; e=$?; exit $e";
        for (String command :
                List.of(
                        "ssh-add -D",
                        "f=$(mktemp); ssh-add -L | head -1 > $f; ssh-add -d $f; e=$?; rm $f; exit"
                                + " $e",
                        add,
                        lock)) {
            Ran ran = onWorker("sh -c '" + command.replace("'", "'\\''") + "'");
            assertThat(ran.exit().orElse(0)).as(command + ": " + ran.output()).isNotZero();
            assertThat(agent.list()).as(command).isEqualTo(before);
        }
        assertThat(signatures).isEmpty();
    }

    @Test
    void secondHopWorksAndIsRecorded() throws IOException {
        Instant before = Instant.now();
        assertThat(onWorker(secondHop("")).output()).isEqualTo("on the host\n");
        assertThat(signatures)
                .singleElement()
                .satisfies(
                        signature -> {
                            assertThat(signature.guid()).isEqualTo("guid-1");
                            assertThat(signature.worker()).isEqualTo("w1");
                            assertThat(signature.fingerprint()).isEqualTo(hostKey.fingerprint());
                            assertThat(signature.login()).isEqualTo(OpenSshServer.loginUser());
                            assertThat(signature.hostKey())
                                    .isEqualTo(host.hostKeys().get(0).fingerprint());
                            assertThat(signature.allowed()).isTrue();
                            assertThat(signature.time()).isAfterOrEqualTo(before);
                        });
    }

    @Test
    void rsaKeysSignWithSha2() throws IOException {
        assertThat(onWorker(secondHop(""), "other").output()).isEqualTo("on the host\n");
        assertThat(host.log()).contains("RSA " + otherKey.fingerprint());
        assertThat(signatures).extracting(Signature::allowed).containsExactly(true);
    }

    @Test
    void keyThatIsNotShownDoesNotSignEither() throws Exception {
        try (OpenSshServer opened = OpenSshServer.at("127.0.0.4").authorize(loginKey).start()) {
            Path publicPart = worker.folder().resolve("login.pub");
            Files.writeString(publicPart, loginKey.publicLine() + "\n");
            Files.setPosixFilePermissions(publicPart, PosixFilePermissions.fromString("rw-r--r--"));
            // asks the agent to sign with a key that it did not list
            String sign = "ssh-keygen -Y sign -n file -f " + publicPart + " /etc/hostname";
            assertThat(onWorker(sign).exit()).isNotEqualTo(OptionalInt.of(0));
            assertThat(opened.log()).doesNotContain("Accepted");
        }
    }

    @Test
    void signsNothingButLogins() throws IOException {
        Path publicPart = worker.folder().resolve("hosts.pub");
        Files.writeString(publicPart, hostKey.publicLine() + "\n");
        Files.setPosixFilePermissions(publicPart, PosixFilePermissions.fromString("rw-r--r--"));
        String sign = "cat /etc/hostname | ssh-keygen -Y sign -n file -f " + publicPart;
        assertThat(onWorker(sign).output()).doesNotContain("BEGIN SSH SIGNATURE");
        assertThat(signatures)
                .singleElement()
                .satisfies(
                        signature -> {
                            assertThat(signature.fingerprint()).isEqualTo(hostKey.fingerprint());
                            assertThat(signature.login()).isEmpty();
                            assertThat(signature.allowed()).isFalse();
                        });
    }

    @Test
    void noSignatureWithoutItsRecord() throws IOException {
        GuardPolicy policy =
                SshTestBed.policy(
                        "guid-1",
                        SshTestBed.BUT_LOGIN,
                        signature -> {
                            throw new IllegalStateException("disk full");
                        });
        assertThat(onWorker(secondHop(""), Optional.of(policy)).output())
                .contains("Permission denied")
                .doesNotContain("on the host");
    }

    @Test
    void sessionWithoutForwardingHasNoAgent() {
        assertThat(onWorker("echo [$SSH_AUTH_SOCK]", Optional.empty()).output()).isEqualTo("[]\n");
    }

    @Test
    void sshdThatForbidsForwardingGivesNoAgent() throws IOException {
        try (OpenSshServer strict =
                OpenSshServer.at("127.0.0.5")
                        .authorize(loginKey)
                        .option("AllowAgentForwarding no")
                        .start()) {
            new SshTestBed(folder).knows(strict);
            try (SshConnections others = new SshConnections(new SshTestBed(folder).agent(agent));
                    SshSession session =
                            others.open(
                                    strict.destination("w1"),
                                    SshTestBed.PATIENT,
                                    Optional.of(
                                            SshTestBed.policy(
                                                    "g", SshTestBed.BUT_LOGIN, signatures::add)))) {
                assertThat(
                                SshTestBed.output(
                                        session.exec("echo [$SSH_AUTH_SOCK]", Optional.empty())))
                        .isEqualTo("[]\n");
            }
        }
    }

    @Test
    void answersRawRequestsOfAnyKindWithoutHarm() throws IOException {
        String before = agent.list();
        AgentGuard guard = guard(SshTestBed.policy("g", SshTestBed.BUT_LOGIN, signatures::add));
        for (int type = 0; type < 256; type++) {
            if (type != SshAgentConstants.SSH2_AGENTC_REQUEST_IDENTITIES) {
                byte[] request = new byte[64];
                request[0] = (byte) type;
                assertThat(guard.answer(request)).as("type %d", type).containsExactly(5);
            }
        }
        assertThat(guard.answer(new byte[0])).containsExactly(5);
        assertThat(agent.list()).isEqualTo(before);
    }

    @Test
    void passesLoginsInTheStyleOfLibssh2() throws IOException {
        AgentGuard guard = guard(SshTestBed.policy("g", SshTestBed.BUT_LOGIN, signatures::add));
        KeyBlob key = KeyBlob.parse(hostKey.publicLine());
        byte[] plain = libssh2Login("fan", key, 0);
        assertThat(guard.answer(UserSshAgent.signRequest(key.bytes(), plain, 0))[0])
                .isEqualTo((byte) UserSshAgent.SIGN_RESPONSE);
        byte[] trailing = libssh2Login("fan", key, 1);
        assertThat(guard.answer(UserSshAgent.signRequest(key.bytes(), trailing, 0)))
                .containsExactly(5);
        KeyBlob another = KeyBlob.parse(otherKey.publicLine());
        assertThat(guard.answer(UserSshAgent.signRequest(another.bytes(), plain, 0)))
                .containsExactly(5);
        assertThat(signatures)
                .extracting(Signature::login, Signature::hostKey, Signature::allowed)
                .containsExactly(
                        tuple("fan", "", true), tuple("", "", false), tuple("", "", false));
    }

    private AgentGuard guard(GuardPolicy policy) {
        return new AgentGuard(
                policy, new UserSshAgent(agent.socket()), Runnable::run, Clock.systemUTC());
    }

    private GuardPolicy limited(int hosts, String... logins) {
        return new GuardPolicy(
                "g",
                "w1",
                SshTestBed.BUT_LOGIN,
                Set.of(logins),
                GuardBudget.of(hosts),
                signatures::add,
                troubles::add);
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "fan ", "", "FAN", "fan\n", "deploy"})
    void signsOnlyForNamesThatTheRunUses(String other) {
        AgentGuard guard = guard(limited(1, "fan", "ops"));
        KeyBlob key = KeyBlob.parse(hostKey.publicLine());
        for (String name : List.of("fan", "ops")) {
            byte[] request = UserSshAgent.signRequest(key.bytes(), libssh2Login(name, key, 0), 0);
            assertThat(guard.answer(request)[0])
                    .as(name)
                    .isEqualTo((byte) UserSshAgent.SIGN_RESPONSE);
        }
        byte[] request = UserSshAgent.signRequest(key.bytes(), libssh2Login(other, key, 0), 0);
        assertThat(guard.answer(request)).containsExactly(5);
        assertThat(signatures)
                .extracting(Signature::login, Signature::allowed)
                .containsExactly(tuple("fan", true), tuple("ops", true), tuple(other, false));
        assertThat(troubles)
                .singleElement()
                .asString()
                .contains("agent_users")
                .doesNotContain("\n");
    }

    @Test
    void signaturesAndRequestsHaveAnEndThatHoldsForAllConnectionsOfAJob() {
        GuardPolicy policy = limited(0, "fan");
        KeyBlob key = KeyBlob.parse(hostKey.publicLine());
        byte[] request = UserSshAgent.signRequest(key.bytes(), libssh2Login("fan", key, 0), 0);
        AgentGuard guard = guard(policy);
        int signed = 0;
        while (signed < 2000 && guard.answer(request)[0] == (byte) UserSshAgent.SIGN_RESPONSE) {
            signed++;
            if (signed % 100 == 0) {
                guard = guard(policy); // the worker has cut its connection
            }
        }
        assertThat(signed).isEqualTo(1000);
        assertThat(troubles).singleElement().asString().contains("more than 1000 signatures");

        GuardPolicy other = limited(0, "fan");
        byte[] extension = {27, 0, 0, 0, 0};
        AgentGuard asked = guard(other);
        for (int i = 0; i < 10_000; i++) {
            asked.answer(extension);
        }
        assertThat(asked.enter(() -> {})).isTrue();
        assertThat(asked.answer(new byte[] {11})).containsExactly(5);
        assertThat(asked.enter(() -> {})).isFalse();
        assertThat(guard(other).answer(new byte[] {11})).containsExactly(5);
    }

    @Test
    void refusalsHaveAnEndAndFewLines() {
        GuardPolicy policy = limited(10);
        AgentGuard guard = guard(policy);
        Runnable channel = () -> {};
        for (int i = 0; i < 1000; i++) {
            assertThat(guard.enter(channel)).as("refusal %d", i).isTrue();
            guard.left(channel);
            guard.answer(new byte[] {19});
        }
        assertThat(guard.enter(channel)).isFalse();
        assertThat(policy.budget().line()).isEqualTo(GuardBudget.Line.NO);
    }

    /** As OpenSSH's client does with each login: it must not use up what is refused. */
    @Test
    void aClientThatTellsWhereItLogsInIsNotHeldAgainstTheWorker() {
        AgentGuard guard = guard(limited(10));
        for (int i = 0; i < 5000; i++) {
            assertThat(guard.answer(new byte[] {27, 0})).containsExactly(5);
        }
        assertThat(guard.answer(new byte[] {11})[0])
                .isEqualTo((byte) UserSshAgent.IDENTITIES_ANSWER);
        assertThat(troubles).isEmpty();
    }

    /** Many clients that ask and never read: the agent is there for others, memory stays small. */
    @Test
    void aFloodOfQuestionsHoldsUpNobody() {
        String flood =
                "exec perl -MIO::Socket::UNIX -e '$| = 1; my @all; for (1..300) { my $s ="
                        + " IO::Socket::UNIX->new($ENV{SSH_AUTH_SOCK}) or last; $s->blocking(0); push"
                        + " @all, $s; syswrite($s, pack(\"NC\", 1, 11) x 13000); } print \"flooded\\n"
                        + "\"; sleep 600'";
        GuardPolicy policy = limited(1);
        try (SshSession flooding =
                connections.open(
                        worker.destination("w1"), SshTestBed.PATIENT, Optional.of(policy))) {
            ExecStream stream = flooding.exec(flood, Optional.empty());
            assertThat(new String(stream.next().bytes(), StandardCharsets.UTF_8))
                    .isEqualTo("flooded\n");
            assertThat(onWorker("ssh-add -l").output()).contains(hostKey.fingerprint());
            Waiting.until("its budget is used up", () -> !troubles.isEmpty());
            assertThat(troubles.get(0)).contains("requests");
            assertThat(onWorker("ssh-add -l").output()).contains(hostKey.fingerprint());
        }
    }

    @Test
    void anAgentThatDiesIsSaid() {
        AgentGuard guard = guard(limited(1, "fan"));
        KeyBlob key = KeyBlob.parse(hostKey.publicLine());
        byte[] request = UserSshAgent.signRequest(key.bytes(), libssh2Login("fan", key, 0), 0);
        assertThat(guard.answer(request)[0]).isEqualTo((byte) UserSshAgent.SIGN_RESPONSE);
        agent.close();
        assertThat(guard.answer(request)).containsExactly(5);
        assertThat(guard.answer(new byte[] {11})).containsExactly(5);
        assertThat(troubles).singleElement().asString().contains("ssh-agent", "does not answer");
    }

    @Test
    void anAgentThatIsLockedOrEmptyIsSaid() {
        AgentGuard guard = guard(limited(1));
        Programs.run(agent.environment(), "ssh-add", "-D");
        assertThat(guard.answer(new byte[] {11})[0])
                .isEqualTo((byte) UserSshAgent.IDENTITIES_ANSWER);
        assertThat(troubles).singleElement().asString().contains("has no key for hosts");
    }

    /** A job has ended, its output is still read. */
    @Test
    void theAgentEndsBeforeTheStream() throws IOException {
        Path go = worker.folder().resolve("go");
        try (SshSession session =
                connections.open(
                        worker.destination("w1"), SshTestBed.PATIENT, Optional.of(limited(1)))) {
            ExecStream stream =
                    session.exec(
                            "ssh-add -l; until [ -e "
                                    + go
                                    + " ]; do sleep 0.1; done; ssh-add -l 2>&1; echo over",
                            Optional.empty());
            assertThat(new String(stream.next().bytes(), StandardCharsets.UTF_8))
                    .contains(hostKey.fingerprint());
            session.endAgent();
            Files.createFile(go);
            assertThat(SshTestBed.output(stream))
                    .doesNotContain(hostKey.fingerprint())
                    .contains("over");
        }
    }

    private static byte[] libssh2Login(String user, KeyBlob key, int trailing) {
        ByteArrayBuffer data = new ByteArrayBuffer();
        data.putBytes(new byte[32]); // session id
        data.putByte((byte) 50);
        data.putString(user);
        data.putString("ssh-connection");
        data.putString("publickey");
        data.putBoolean(true);
        data.putString(key.type());
        data.putBytes(key.bytes());
        data.putRawBytes(new byte[trailing]);
        return data.getCompactData();
    }
}
