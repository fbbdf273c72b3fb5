package org.jetfanout.ssh.agent;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.jetfanout.machine.Daemons;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent guard behind a Unix socket, for a runner on the control machine itself. The runner sees
 * the keys that a worker would see. Only the owner can use the socket's folder. Thread-safe.
 */
public final class GuardSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuardSocket.class);

    /** The longest path of a Unix socket, with its end. Most systems accept 108. */
    private static final int LONGEST_PATH = 104;

    private final AgentGuard guard;
    private final ServerSocketChannel server;
    private final Path socket;

    private GuardSocket(AgentGuard guard, ServerSocketChannel server, Path socket) {
        this.guard = guard;
        this.server = server;
        this.socket = socket;
    }

    /**
     * Opens a socket.
     *
     * @param agent socket of the user's own agent
     */
    public static GuardSocket open(GuardPolicy policy, Path agent) throws IOException {
        AgentGuard guard =
                new AgentGuard(policy, new UserSshAgent(agent), Runnable::run, Clock.systemUTC());
        Path folder = Files.createTempDirectory("jet-fanout-agent");
        if (folder.toString().length() + "/agent".length() >= LONGEST_PATH) {
            Files.delete(folder);
            folder = Files.createTempDirectory(Path.of("/tmp"), "jet-fanout-agent");
        }
        Path socket = folder.resolve("agent");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            server.close();
            throw e;
        }
        GuardSocket opened = new GuardSocket(guard, server, socket);
        Daemons.start("local-agent", opened::accept);
        return opened;
    }

    /** Its path: the value for SSH_AUTH_SOCK. */
    public Path socket() {
        return socket;
    }

    private void accept() {
        try {
            for (; ; ) {
                SocketChannel client = server.accept();
                Runnable close = () -> closeQuietly(client);
                if (guard.enter(close)) {
                    Daemons.start("local-agent-client", () -> serve(client, close));
                } else {
                    closeQuietly(client);
                }
            }
        } catch (ClosedChannelException e) {
            // closed by us
        } catch (IOException e) {
            LOG.warn("the agent's socket {} takes nobody any more: {}", socket, e.getMessage());
        }
    }

    /** Answers request by request. Each client has a thread, so that none waits for another. */
    private void serve(SocketChannel client, Runnable close) {
        try (client) {
            for (; ; ) {
                int length = read(client, Integer.BYTES).getInt();
                if (length < 1 || length > GuardChannel.MAX_MESSAGE) {
                    return;
                }
                byte[] answer = guard.answer(read(client, length).array());
                ByteBuffer bytes =
                        ByteBuffer.allocate(Integer.BYTES + answer.length)
                                .putInt(answer.length)
                                .put(answer)
                                .flip();
                while (bytes.hasRemaining()) {
                    client.write(bytes);
                }
            }
        } catch (IOException e) {
            // the client has left, or has no more requests
        } finally {
            guard.left(close);
        }
    }

    private static ByteBuffer read(SocketChannel client, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (client.read(bytes) < 0) {
                throw new EOFException();
            }
        }
        return bytes.flip();
    }

    private static void closeQuietly(SocketChannel client) {
        try {
            client.close();
        } catch (IOException e) {
            // nobody can use it any more
        }
    }

    /** Answers nothing any more, and removes the socket. */
    @Override
    public void close() {
        guard.end();
        try {
            server.close();
            Files.deleteIfExists(socket);
            Files.deleteIfExists(socket.getParent());
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", socket, e.getMessage());
        }
    }
}
