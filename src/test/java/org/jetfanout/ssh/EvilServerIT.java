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
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.session.ServerSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker's sshd that reaches for the agent although nobody forwarded it. */
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
                                    Deadlines.standard(),
                                    Optional.empty())) {
                session.exec("anything", Optional.empty());
                assertThat(theft.get(20, TimeUnit.SECONDS))
                        .isInstanceOf(SshChannelOpenException.class);
            }
        } finally {
            server.stop(true);
        }
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
