package org.jetfanout.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.agent.local.AgentForwardedChannel;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.session.ServerSession;
import org.jetfanout.ssh.config.Destination;
import org.jetfanout.ssh.keys.JdkEd25519;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.SshTestBed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker's sshd that does what it should not. */
class EvilServerIT {
    @TempDir Path folder;

    @Test
    void agentChannelIsRefusedToASessionThatDidNotAskForIt() throws Exception {
        JdkEd25519.install();
        Keys.Pair key = Keys.ed25519(folder, "key");
        Keys.Pair host = Keys.ed25519(folder, "host");
        CompletableFuture<Throwable> theft = new CompletableFuture<>();
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.6");
        server.setKeyPairProvider(new FileKeyPairProvider(host.file()));
        server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
        server.setCommandFactory(
                (channel, command) -> {
                    steal(channel.getSession(), theft);
                    return ends();
                });
        server.start();
        try (SshAgent agent = SshAgent.start(key)) {
            SshTestBed bed = new SshTestBed(folder);
            Files.writeString(
                    bed.knownHosts(), "[127.0.0.6]:" + server.getPort() + " " + host.blob());
            try (SshConnections connections = new SshConnections(bed.agent(agent));
                    SshSession session =
                            connections.open(
                                    new Destination("w1", "127.0.0.6", server.getPort(), "fan"),
                                    SshTestBed.PATIENT,
                                    Optional.empty())) {
                session.exec("anything", Optional.empty());
                assertThat(theft.get(3, TimeUnit.MINUTES))
                        .isInstanceOf(SshChannelOpenException.class);
            }
        } finally {
            server.stop(true);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "global requests",
                "ignore messages",
                "debug messages",
                "channel requests",
                "channels",
                "empty data",
                "empty errors",
                "data of unknown kinds",
                "ends of output",
                "tiny windows",
                "messages of unknown kinds",
            })
    void aServerThatFloodsUsWithWhatBringsNothingIsLeft(String kind) throws Exception {
        try (Connections flooded = flooded(kind, MessageBudget.MOST * 4)) {
            ExecStream stream = flooded.session().exec("anything", Optional.empty());
            SshTestBed.output(stream);
            assertThat(stream.exitStatus()).isEmpty();
            assertThat(stream.loss().orElseThrow())
                    .hasMessageEndingWith(
                            "jet-fanout closed the connection, because the worker floods it with "
                                    + kind.replace("empty errors", "empty data"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"global requests", "channel requests", "debug messages"})
    void someOfItIsNoReasonToLeave(String kind) throws Exception {
        try (Connections flooded = flooded(kind, MessageBudget.MOST / 2)) {
            ExecStream stream = flooded.session().exec("anything", Optional.empty());
            SshTestBed.output(stream);
            assertThat(stream.exitStatus()).hasValue(0);
        }
    }

    private record Connections(SshServer server, SshConnections connections, SshSession session)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            session.close();
            connections.close();
            server.stop(true);
        }
    }

    /** A session whose command sends messages of a kind, and then ends well. */
    private Connections flooded(String kind, int count) throws IOException {
        JdkEd25519.install();
        Keys.Pair key = Keys.ed25519(folder, "key");
        Keys.Pair host = Keys.ed25519(folder, "host");
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.6");
        server.setKeyPairProvider(new FileKeyPairProvider(host.file()));
        server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
        server.setCommandFactory(
                (channel, command) ->
                        new AbstractCommandSupport(command, null) {
                            @Override
                            public void run() {
                                try {
                                    for (int i = 0; i < count; i++) {
                                        send(kind, channel);
                                    }
                                    onExit(0);
                                } catch (IOException | RuntimeException e) {
                                    onExit(1); // the client has left
                                }
                            }
                        });
        server.start();
        SshTestBed bed = new SshTestBed(folder);
        Files.writeString(bed.knownHosts(), "[127.0.0.6]:" + server.getPort() + " " + host.blob());
        SshConnections connections = new SshConnections(bed.files(key));
        SshSession session =
                connections.open(
                        new Destination("w1", "127.0.0.6", server.getPort(), "fan"),
                        SshTestBed.PATIENT,
                        Optional.empty());
        return new Connections(server, connections, session);
    }

    private static void send(String kind, ChannelSession channel) throws IOException {
        Session session = channel.getSession();
        Buffer message =
                session.createBuffer(
                        switch (kind) {
                            case "global requests" -> SshConstants.SSH_MSG_GLOBAL_REQUEST;
                            case "ignore messages" -> SshConstants.SSH_MSG_IGNORE;
                            case "debug messages" -> SshConstants.SSH_MSG_DEBUG;
                            case "channel requests" -> SshConstants.SSH_MSG_CHANNEL_REQUEST;
                            case "channels" -> SshConstants.SSH_MSG_CHANNEL_OPEN;
                            case "empty data" -> SshConstants.SSH_MSG_CHANNEL_DATA;
                            case "empty errors", "data of unknown kinds" ->
                                    SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA;
                            case "ends of output" -> SshConstants.SSH_MSG_CHANNEL_EOF;
                            case "tiny windows" -> SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST;
                            default -> (byte) 201;
                        },
                        64);
        switch (kind) {
            case "global requests" -> {
                message.putString("hostkeys-00@example.com");
                message.putBoolean(false);
            }
            case "ignore messages" -> message.putString("");
            case "debug messages" -> {
                message.putBoolean(true);
                message.putString("what?");
                message.putString("");
            }
            case "channel requests" -> {
                message.putUInt(channel.getRecipient());
                message.putString("what@example.com");
                message.putBoolean(false);
            }
            case "channels" -> {
                message.putString("x11");
                message.putUInt(7);
                message.putUInt(1000);
                message.putUInt(1000);
            }
            case "empty data" -> {
                message.putUInt(channel.getRecipient());
                message.putString("");
            }
            case "empty errors" -> {
                message.putUInt(channel.getRecipient());
                message.putUInt(1);
                message.putString("");
            }
            case "data of unknown kinds" -> {
                message.putUInt(channel.getRecipient());
                message.putUInt(2);
                message.putString("something");
            }
            case "ends of output" -> message.putUInt(channel.getRecipient());
            case "tiny windows" -> {
                message.putUInt(channel.getRecipient());
                message.putUInt(1);
            }
            default -> message.putUInt(0);
        }
        session.writePacket(message);
    }

    private static void steal(ServerSession session, CompletableFuture<Throwable> theft) {
        try {
            AgentForwardedChannel channel = new AgentForwardedChannel("auth-agent@openssh.com");
            session.getService(ConnectionService.class).registerChannel(channel);
            OpenFuture future = channel.open();
            future.addListener(opened -> theft.complete(opened.getException()));
        } catch (IOException e) {
            theft.completeExceptionally(e);
        }
    }

    private static Command ends() {
        return new AbstractCommandSupport("anything", null) {
            @Override
            public void run() {
                onExit(0);
            }
        };
    }
}
