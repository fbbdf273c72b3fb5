package org.jetfanout.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.jetfanout.ssh.keys.JdkEd25519;

/**
 * The SSH client of the stand-in. It logs in to hosts with the keys of the agent at {@code
 * $SSH_AUTH_SOCK}. Like jetp, it does not check host keys. Thread-safe.
 */
final class HostLogins implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final SshClient client;

    // Mutable state
    private final Map<String, ClientSession> sessions = new ConcurrentHashMap<>();

    /** The exit code and the output of a command. */
    record Result(int code, String output) {}

    /** The connection to a host failed. The message gives the reason in jetp's words. */
    static final class UnreachableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreachableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * @param agent path of the agent's socket; empty for none
     */
    HostLogins(String agent) {
        JdkEd25519.install();
        client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setUserAuthFactories(List.of(new UserAuthPublicKeyFactory()));
        client.setAgentFactory(new Keys(agent));
        CoreModuleProperties.NIO_WORKERS.set(client, 1);
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        client.start();
    }

    /** Logs in, unless this host is logged in already. */
    void open(String host, String user, String address, int port) throws UnreachableException {
        if (sessions.containsKey(host)) {
            return;
        }
        ClientSession session;
        try {
            session = client.connect(user, address, port).verify(CONNECT).getSession();
        } catch (IOException e) {
            throw new UnreachableException(
                    "SSH connection attempt failed for " + address + ":" + port, e);
        }
        try {
            session.auth().verify(CONNECT);
        } catch (IOException e) {
            session.close(true);
            throw new UnreachableException(
                    "SSH agent authentication failed for user " + user + ": " + e.getMessage(), e);
        }
        sessions.put(host, session);
    }

    /** Runs a command on a host that is logged in. */
    Result run(String host, String command) throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (ChannelExec channel = sessions.get(host).createExecChannel(command)) {
            channel.setOut(output);
            channel.setErr(output);
            channel.open().verify(CONNECT);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), 0L);
            Integer code = channel.getExitStatus();
            if (code == null) {
                throw new IOException("the connection broke");
            }
            return new Result(code, output.toString(StandardCharsets.UTF_8).strip());
        }
    }

    @Override
    public void close() {
        client.stop();
    }

    private record Keys(String agent) implements SshAgentFactory {
        @Override
        public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
            return List.of();
        }

        @Override
        public SshAgent createClient(Session session, FactoryManager manager) throws IOException {
            return agent.isEmpty() ? null : new UserAgent(Path.of(agent));
        }

        @Override
        public SshAgentServer createServer(ConnectionService service) {
            throw new UnsupportedOperationException("hosts get no agent");
        }
    }
}
