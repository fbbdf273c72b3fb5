package org.jetfanout.demo;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jetfanout.machine.PrivateFiles;

/**
 * A machine of the demo: an SSH server on loopback with a home of its own. It accepts one key, runs
 * commands with the real shell, forwards agents, and remembers the commands. Thread-safe.
 */
final class DemoServer implements Closeable {
    private final String name;
    private final KeyPair hostKey;
    private final Account account;
    private final LoginShell shell;
    private final SshServer server;
    private final int port;

    // Mutable state
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final Set<Process> processes = ConcurrentHashMap.newKeySet();

    /**
     * Starts to listen.
     *
     * @param folder in which the home of its login is created
     * @param hostKey the server's host key
     * @param allowed the key that it accepts
     * @param account under which it runs commands
     */
    DemoServer(String name, Path folder, KeyPair hostKey, PublicKey allowed, Account account)
            throws IOException {
        this.name = name;
        this.hostKey = hostKey;
        this.account = account;
        Path home = privateFolder(folder.resolve(name));
        shell = new LoginShell(home, account);
        // MINA's defaults would load Bouncy Castle to find out which of them are available
        server =
                ServerBuilder.builder()
                        .keyExchangeFactories(
                                List.of(ServerBuilder.DH2KEX.apply(BuiltinDHFactories.curve25519)))
                        .build(true);
        server.setHost("127.0.0.1");
        server.setPort(0);
        CoreModuleProperties.NIO_WORKERS.set(server, 1);
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        server.setPublickeyAuthenticator(
                (user, key, session) -> KeyUtils.compareKeys(key, allowed));
        server.setCommandFactory(this::command);
        AgentForwarding.of(server, session -> home, account);
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

    /** The commands that it has run, in order. */
    List<String> commands() {
        return List.copyOf(commands);
    }

    /** Stops listening and ends running commands. */
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
        Process process = shell.start(line, login);
        processes.add(process);
        processes.removeIf(old -> !old.isAlive());
        return process;
    }

    private Path privateFolder(Path folder) throws IOException {
        Files.createDirectory(folder, PrivateFiles.FOLDER);
        account.own(folder);
        return folder;
    }
}
