package org.jetfanout.demo;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.agent.local.AgentForwardedChannel;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.jetfanout.PrivateFiles;

/**
 * A machine of the demo: an SSH server on loopback with a home of its own that lets in one key,
 * runs commands with the real shell, forwards agents, and remembers the commands. Thread-safe.
 */
final class DemoServer implements Closeable {
    /** What a process of a login finds in its environment; the rest of ours is not its business. */
    private static final List<String> INHERITED = List.of("PATH", "LANG", "LC_ALL");

    private final String name;
    private final Path home;
    private final KeyPair hostKey;
    private final Account account;
    private final SshServer server;
    private final int port;

    // Mutable state
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final Set<Process> processes = ConcurrentHashMap.newKeySet();

    /**
     * Starts listening.
     *
     * @param folder under which its login's home is made
     * @param hostKey what it identifies itself with
     * @param allowed the key that it lets in
     * @param account under which it runs commands
     */
    DemoServer(String name, Path folder, KeyPair hostKey, PublicKey allowed, Account account)
            throws IOException {
        this.name = name;
        this.hostKey = hostKey;
        this.account = account;
        home = privateFolder(folder.resolve(name));
        server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setPort(0);
        CoreModuleProperties.NIO_WORKERS.set(server, 1);
        CoreModuleProperties.TCP_NODELAY.set(server, true);
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
        port = server.getPort();
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    PublicKey hostKey() {
        return hostKey.getPublic();
    }

    /** The commands that it was told to run, in order. */
    List<String> commands() {
        return List.copyOf(commands);
    }

    /** Stops listening and ends what still runs. */
    @Override
    public void close() throws IOException {
        server.stop(true);
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private Command command(ChannelSession channel, String line) {
        return new ShellCommand(environment -> run(line, environment));
    }

    private Process run(String line, Environment login) throws IOException {
        commands.add(line);
        ProcessBuilder builder =
                new ProcessBuilder(account.command(List.of("/bin/sh", "-c", line)))
                        .directory(home.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(INHERITED);
        environment.put("HOME", home.toString());
        environment.put("USER", login.getEnv().getOrDefault(Environment.ENV_USER, "demo"));
        String agent = login.getEnv().get(SshAgent.SSH_AUTHSOCKET_ENV_NAME);
        if (agent != null) {
            environment.put(SshAgent.SSH_AUTHSOCKET_ENV_NAME, agent);
        }
        Process process = builder.start();
        processes.add(process);
        processes.removeIf(old -> !old.isAlive());
        return process;
    }

    private Path privateFolder(Path folder) throws IOException {
        Files.createDirectory(folder, PrivateFiles.FOLDER);
        account.own(folder);
        return folder;
    }

    /** Gives each session that asks for it a socket whose connections end at the client's agent. */
    private final class Forwarding implements SshAgentFactory {
        private final AtomicInteger number = new AtomicInteger();

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
            Path socket = home.resolve("agent." + number.incrementAndGet());
            AgentSocket agent =
                    new AgentSocket(
                            socket,
                            () -> {
                                AgentForwardedChannel channel =
                                        new AgentForwardedChannel("auth-agent@openssh.com");
                                service.registerChannel(channel);
                                channel.open().verify();
                                return channel.getAgent();
                            });
            account.own(socket);
            return agent;
        }
    }
}
