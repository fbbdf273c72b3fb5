package org.jetfanout.demo;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.agent.common.AbstractAgentClient;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * An ssh-agent on a Unix socket (the value of {@code SSH_AUTH_SOCK}). For each connection it opens
 * an agent that answers. Thread-safe.
 */
final class AgentSocket implements SshAgentServer {
    /** Opens the agent that answers one connection. */
    @FunctionalInterface
    interface Opener {
        SshAgent open() throws IOException;
    }

    private final Path socket;
    private final Opener opener;
    private final ServerSocketChannel listener;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();

    AgentSocket(Path socket, Opener opener) throws IOException {
        this.socket = socket;
        this.opener = opener;
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        Threads.start("demo-agent", this::accept);
    }

    @Override
    public String getId() {
        return socket.toString();
    }

    @Override
    public boolean isOpen() {
        return listener.isOpen();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SocketChannel connection : connections) {
            connection.close();
        }
        Files.deleteIfExists(socket);
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel connection = listener.accept();
                connections.add(connection);
                Threads.start("demo-agent-connection", () -> serve(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection;
                SshAgent agent = opener.open()) {
            AbstractAgentClient protocol =
                    new AbstractAgentClient(agent) {
                        @Override
                        protected void reply(Buffer buffer) throws IOException {
                            ByteBuffer bytes =
                                    ByteBuffer.wrap(
                                            buffer.array(), buffer.rpos(), buffer.available());
                            while (bytes.hasRemaining()) {
                                connection.write(bytes);
                            }
                        }
                    };
            ByteBuffer received = ByteBuffer.allocate(8192);
            while (connection.read(received) >= 0) {
                received.flip();
                protocol.messageReceived(
                        new ByteArrayBuffer(received.array(), 0, received.limit()));
                received.clear();
            }
        } catch (IOException e) {
            // the other side left, or there is no agent: the connection is closed, as ssh-agent
            // does
        } finally {
            connections.remove(connection);
        }
    }
}
