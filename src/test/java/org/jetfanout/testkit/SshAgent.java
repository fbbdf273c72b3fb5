package org.jetfanout.testkit;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A real ssh-agent for tests. */
public final class SshAgent implements AutoCloseable {
    private final Process process;
    private final Path socket;

    private SshAgent(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    /**
     * Starts an agent. Its socket is in a folder of its own, because socket paths must be short.
     */
    public static SshAgent start(Keys.Pair... keys) throws IOException {
        Path socket = Files.createTempDirectory("jfa").resolve("agent");
        Process process =
                new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        awaitListening(socket);
        SshAgent agent = new SshAgent(process, socket);
        for (Keys.Pair key : keys) {
            agent.add(key);
        }
        return agent;
    }

    /** Waits until an agent accepts connections. Its socket exists a little earlier. */
    public static void awaitListening(Path socket) {
        Waiting.until(
                "an ssh-agent listens at " + socket,
                () -> {
                    try (SocketChannel channel =
                            SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                        return channel.isConnected();
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    /** Its socket: the value for SSH_AUTH_SOCK. */
    public Path socket() {
        return socket;
    }

    /** Adds a key. */
    public void add(Keys.Pair key, String... options) {
        List<String> command = new ArrayList<>(List.of("ssh-add", "-q"));
        command.addAll(Arrays.asList(options));
        command.add(key.file().toString());
        Programs.Result result = Programs.run(environment(), command.toArray(String[]::new));
        if (result.exit() != 0) {
            throw new IllegalStateException("ssh-add: " + result.output());
        }
    }

    /** Removes all keys. */
    public void empty() {
        Programs.run(environment(), "ssh-add", "-q", "-D");
    }

    /** What {@code ssh-add -l} prints. */
    public String list() {
        return Programs.run(environment(), "ssh-add", "-l").output();
    }

    /** SSH_AUTH_SOCK for a program that uses this agent. */
    public Map<String, String> environment() {
        return Map.of("SSH_AUTH_SOCK", socket.toString());
    }

    /** Kills it, as a machine without memory does. Its socket stays, but nobody listens. */
    public void kill() {
        process.destroyForcibly();
        Waiting.until("ssh-agent is gone", () -> !process.isAlive());
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Programs.run(Map.of(), "rm", "-rf", socket.getParent().toString());
    }
}
