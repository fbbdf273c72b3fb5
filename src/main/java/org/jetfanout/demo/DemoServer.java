package org.jetfanout.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.agent.local.AgentForwardedChannel;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.PtyMode;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.shell.InvertedShellWrapper;
import org.apache.sshd.server.shell.ProcessShell;

/**
 * A machine of the demo: an SSH server on loopback with a home of its own that lets in one key,
 * runs commands with the real shell, and forwards agents.
 */
final class DemoServer implements AutoCloseable {
    private final Path home;
    private final SshServer server;

    /**
     * Starts listening.
     *
     * @param home its login's home; made where missing
     * @param hostKey what it identifies itself with
     * @param allowed the key that it lets in
     */
    DemoServer(Path home, KeyPair hostKey, PublicKey allowed) throws IOException {
        this.home = Files.createDirectories(home);
        server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setPort(0);
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        server.setPublickeyAuthenticator(
                (user, key, session) -> KeyUtils.compareKeys(key, allowed));
        server.setCommandFactory(this::command);
        server.setAgentFactory(new Forwarding());
        server.setForwardingFilter(
                new RejectAllForwardingFilter() {
                    @Override
                    public boolean canForwardAgent(Session session, String requestType) {
                        return true;
                    }
                });
        server.start();
    }

    int port() {
        return server.getPort();
    }

    Path home() {
        return home;
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }

    private Command command(ChannelSession channel, String line) {
        return new InvertedShellWrapper(
                new ProcessShell("/bin/sh", "-c", line) {
                    @Override
                    protected Map<String, String> resolveShellEnvironment(
                            Map<String, String> requested) {
                        Map<String, String> environment = new HashMap<>(requested);
                        environment.put("HOME", home.toString());
                        environment.put("PATH", home.resolve("bin") + ":" + System.getenv("PATH"));
                        return environment;
                    }

                    @Override
                    protected Map<PtyMode, Integer> resolveShellTtyOptions(
                            Map<PtyMode, Integer> modes) {
                        return Map.of(); // no terminal: the bytes stay as they are
                    }
                });
    }

    /** Gives each session that asks for it a socket whose connections end at the client's agent. */
    private static final class Forwarding implements SshAgentFactory {
        @Override
        public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
            return List.of();
        }

        @Override
        public SshAgent createClient(Session session, FactoryManager manager) {
            throw new UnsupportedOperationException("a demo machine logs in nowhere by itself");
        }

        @Override
        public SshAgentServer createServer(ConnectionService service) throws IOException {
            Path folder = Files.createTempDirectory("jet-demo");
            folder.toFile().deleteOnExit();
            return new AgentSocket(
                    folder.resolve("agent"),
                    () -> {
                        AgentForwardedChannel channel =
                                new AgentForwardedChannel("auth-agent@openssh.com");
                        service.registerChannel(channel);
                        channel.open().verify();
                        return channel.getAgent();
                    });
        }
    }
}
