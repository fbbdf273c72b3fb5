package org.jetfanout.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.common.io.IoConnectFuture;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.config.Destination;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.SshTestBed;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way not to reach a worker: one clear line. */
class UnreachableIT {
    private static final Deadlines SHORT =
            new Deadlines(Duration.ofSeconds(8), Duration.ofMillis(700));

    private static final Deadlines PATIENT =
            new Deadlines(Duration.ofMinutes(3), Duration.ofMinutes(3));

    @TempDir Path folder;
    private Keys.Pair key;
    private SshConnections connections;

    @BeforeEach
    void start() {
        key = Keys.ed25519(folder, "key");
        connections = new SshConnections(new SshTestBed(folder).files(key));
    }

    @AfterEach
    void stop() {
        connections.close();
    }

    private void assertFails(String host, int port, Cause cause, String... words) {
        Destination worker = new Destination("w1", host, port, "fan");
        // where something answers, it may be late on a busy machine
        Deadlines deadlines = cause == Cause.TIMEOUT ? SHORT : PATIENT;
        assertThatThrownBy(() -> connections.open(worker, deadlines, Optional.empty()))
                .isInstanceOfSatisfying(
                        WorkerUnreachableException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(cause))
                .hasMessageStartingWith("worker w1 (" + host + ":" + port + "): ")
                .hasMessageContainingAll(words)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void connectionRefused() throws IOException {
        int port = FreePort.next();
        assertFails("127.0.0.2", port, Cause.CONNECT, "connection refused");
    }

    @Test
    void nameNotKnown() {
        assertFails("no-such-host.invalid", 22, Cause.CONNECT, "unknown host name");
    }

    @Test
    void serverThatSaysNothing() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.2"))) {
            assertFails(
                    "127.0.0.2",
                    mute.getLocalPort(),
                    Cause.TIMEOUT,
                    "connected, but no SSH server answers within 8.0 s");
        }
    }

    @Test
    void serverThatHangsUp() throws Exception {
        try (ServerSocket rude = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.2"))) {
            Thread hangUp =
                    new Thread(
                            () -> {
                                try {
                                    rude.accept().close();
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            hangUp.start();
            assertFails("127.0.0.2", rude.getLocalPort(), Cause.CONNECT, "MaxStartups");
            hangUp.join();
        }
    }

    @Test
    void noCommonKeyExchange() throws IOException {
        try (OpenSshServer old =
                OpenSshServer.at("127.0.0.2")
                        .authorize(key)
                        .option("KexAlgorithms diffie-hellman-group14-sha1")
                        .start()) {
            assertFails(
                    "127.0.0.2",
                    old.port(),
                    Cause.KEY_EXCHANGE,
                    "no common key exchange algorithm (it has diffie-hellman-group14-sha1");
        }
    }

    @Test
    void agentThatDoesNotAnswerIsNoHostage() throws Exception {
        // a login that waits for the agent must not outlive its deadline
        Keys.Pair confirmed = Keys.ed25519(folder, "confirmed");
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(confirmed).start();
                MuteAgent agent = MuteAgent.holding(confirmed, folder.resolve("s"))) {
            SshTestBed bed = new SshTestBed(folder);
            bed.knows(server);
            SshSettings settings =
                    bed.settings(Optional.of(agent.socket()), PassphrasePrompt.none());
            try (SshConnections others = new SshConnections(settings)) {
                // the server answers, however busy the machine is
                Deadlines patient = new Deadlines(Duration.ofMinutes(3), SHORT.login());
                assertThatThrownBy(
                                () ->
                                        others.open(
                                                server.destination("w1"),
                                                patient,
                                                Optional.empty()))
                        .isInstanceOf(WorkerUnreachableException.class)
                        .hasMessageContaining("login not complete within 0.7 s");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-oProxyCommand=x", "a b", "a/b", "$(id)", "h\n", "", "h'", "\u001b[2J"})
    void badAddressesAreRefused(String host) {
        assertThatThrownBy(() -> new Destination("w1", host, 22, "fan"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("not an address")
                .message()
                .doesNotContain("\n", "\u001b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-l", "a b", "../x", "$(id)", "u\n"})
    void badUsersAreRefused(String user) {
        assertThatThrownBy(() -> new Destination("w1", "h", 22, user))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("not a user name");
    }

    @Test
    void brokenSshConfigIsAConfigurationError() throws IOException {
        Files.writeString(new SshTestBed(folder).config(), "Host w\n  Port many\n");
        assertThatThrownBy(
                        () ->
                                connections.open(
                                        new Destination("w1", "w", 0, "fan"),
                                        SHORT,
                                        Optional.empty()))
                .isInstanceOfSatisfying(
                        WorkerUnreachableException.class,
                        e -> assertThat(e.reason()).isEqualTo(Cause.CONFIGURATION))
                .hasMessageContaining("config:2: Port: not a port: 'many'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AuthenticationMethods publickey,password | requires a second factor (password)",
                "AuthenticationMethods password | only these login methods: password,",
                "MaxAuthTries 1 | closed the connection before jet-fanout had tried all keys"
                        + " (MaxAuthTries of its sshd)",
            })
    void howTheServerWantsToBeLoggedInToIsSaid(String option, String said) throws IOException {
        Keys.Pair other = Keys.ed25519(folder, "other");
        try (OpenSshServer server =
                        OpenSshServer.at("127.0.0.2")
                                .authorize(key)
                                .option("PasswordAuthentication yes")
                                .option(option)
                                .start();
                SshConnections both =
                        new SshConnections(
                                option.startsWith("Max")
                                        ? new SshTestBed(folder).files(other, key)
                                        : new SshTestBed(folder).files(key))) {
            new SshTestBed(folder).knows(server);
            assertThatThrownBy(() -> both.open(server.destination("w1"), PATIENT, Optional.empty()))
                    .isInstanceOfSatisfying(
                            WorkerUnreachableException.class,
                            e -> assertThat(e.reason()).isEqualTo(Cause.AUTHENTICATION))
                    .hasMessageContaining(said);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AllowTcpForwarding no | JUMP_HOST | does not allow forwarding to the worker",
                "PermitOpen 127.0.0.9:1 | JUMP_HOST | does not allow forwarding to the worker",
                "# nothing | CONNECT | the jump host cannot connect to it",
            })
    void aJumpHostThatLeadsNowhereIsSaid(String option, Cause cause, String said)
            throws IOException {
        SshTestBed bed = new SshTestBed(folder);
        try (OpenSshServer jump =
                OpenSshServer.at("127.0.0.2").authorize(key).option(option).start()) {
            bed.knows(jump);
            Files.writeString(
                    bed.config(),
                    "Host w\n ProxyJump "
                            + OpenSshServer.loginUser()
                            + "@127.0.0.2:"
                            + jump.port()
                            + "\n HostName 127.0.0.33\n Port 1\n");
            Destination worker = new Destination("w1", "w", 0, "fan");
            assertThatThrownBy(() -> connections.open(worker, PATIENT, Optional.empty()))
                    .isInstanceOfSatisfying(
                            WorkerUnreachableException.class,
                            e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(cause))
                    .hasMessageStartingWith("worker w1 (127.0.0.33:1): ")
                    .hasMessageContaining(said);
        }
    }

    @Test
    void whatAServerSaysBeforeItHangsUpIsTold() throws IOException {
        try (OpenSshServer full =
                        OpenSshServer.at("127.0.0.2")
                                .authorize(key)
                                .option("MaxStartups 1")
                                .start();
                Socket one = served("127.0.0.2", full.port())) {
            assertThat(one.isConnected()).isTrue();
            new SshTestBed(folder).knows(full);
            assertThatThrownBy(
                            () ->
                                    connections.open(
                                            full.destination("w1"), PATIENT, Optional.empty()))
                    .isInstanceOfSatisfying(
                            WorkerUnreachableException.class,
                            e -> assertThat(e.reason()).isEqualTo(Cause.CONNECT))
                    .hasMessageContaining("MaxStartups");
        }
    }

    /** On a busy machine a session may have ended before MINA hands it out. */
    @Test
    void whatAServerSaysIsToldHoweverLateItIsHeard() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.2"))) {
            Thread turnsAway = new Thread(() -> turnAway(full));
            turnsAway.start();
            assertTurnedAway(full);
            handOutLate();
            assertTurnedAway(full);
            turnsAway.join();
        }
    }

    private void assertTurnedAway(ServerSocket server) {
        Destination worker = new Destination("w1", "127.0.0.2", server.getLocalPort(), "fan");
        assertThatThrownBy(() -> connections.open(worker, PATIENT, Optional.empty()))
                .isInstanceOf(WorkerUnreachableException.class)
                .hasMessageEndingWith("closed the connection with the message: Come back later");
    }

    /** Says why to two who call, and hangs up once they do. */
    private static void turnAway(ServerSocket server) {
        for (int i = 0; i < 2; i++) {
            try (Socket socket = server.accept()) {
                socket.getOutputStream().write("Come back later\r\n".getBytes(UTF_8));
                socket.shutdownOutput();
                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // it hangs up roughly
            }
        }
    }

    /** MINA's own connector, as slow as a thread that does not get its turn. */
    private void handOutLate() throws ReflectiveOperationException {
        Field ours = SshConnections.class.getDeclaredField("client");
        ours.setAccessible(true);
        Field minas = SshClient.class.getDeclaredField("connector");
        minas.setAccessible(true);
        Object connector = minas.get(ours.get(connections));
        InvocationHandler late =
                (proxy, method, arguments) -> {
                    Object result = method.invoke(connector, arguments);
                    if (result instanceof IoConnectFuture future) {
                        future.await();
                        IoSession session = future.getSession();
                        Waiting.until(
                                "its end", () -> AbstractSession.getSession(session, true) == null);
                    }
                    return result;
                };
        minas.set(
                ours.get(connections),
                Proxy.newProxyInstance(
                        IoConnector.class.getClassLoader(),
                        new Class<?>[] {IoConnector.class},
                        late));
    }

    /** A connection that has its place: those before it may not have given theirs back yet. */
    private static Socket served(String address, int port) throws IOException {
        for (; ; ) {
            Socket socket = new Socket(address, port);
            // "SSH-2.0-…", and not "Exceeded MaxStartups"
            if (socket.getInputStream().read() == 'S') {
                return socket;
            }
            socket.close();
        }
    }

    @Test
    void whatNobodyForesawConcernsOneWorkerOnly() {
        try (SshConnections strange =
                new SshConnections(
                        new SshTestBed(folder).files(key),
                        name -> {
                            throw new UnsupportedOperationException("no names here");
                        })) {
            assertThatThrownBy(
                            () ->
                                    strange.open(
                                            new Destination("w1", "h", 22, "fan"),
                                            SHORT,
                                            Optional.empty()))
                    .isInstanceOf(WorkerUnreachableException.class)
                    .hasMessage("worker w1: no connection: no names here");
        }
    }

    @Test
    void proxyJumpInCirclesIsAConfigurationError() throws IOException {
        Files.writeString(new SshTestBed(folder).config(), "Host *\n  ProxyJump b\n");
        assertThatThrownBy(
                        () ->
                                connections.open(
                                        new Destination("w1", "w", 0, "fan"),
                                        SHORT,
                                        Optional.empty()))
                .isInstanceOfSatisfying(
                        WorkerUnreachableException.class,
                        e -> assertThat(e.reason()).isEqualTo(Cause.CONFIGURATION))
                .hasMessageContaining("loop");
    }
}
