package org.jetfanout.ssh;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jetfanout.ssh.agent.UserSshAgent;
import org.jetfanout.ssh.keys.KeyBlob;
import org.jetfanout.testkit.Keys;

/** An agent that lists a key and never signs: as one that waits for a person to confirm. */
final class MuteAgent implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Path socket;
    private final byte[] list;

    // Mutable state, of the serving thread: kept open, so that nobody gets an answer
    private final List<SocketChannel> waiting = new ArrayList<>();

    private MuteAgent(ServerSocketChannel server, Path socket, byte[] list) {
        this.server = server;
        this.socket = socket;
        this.list = list;
    }

    static MuteAgent holding(Keys.Pair key, Path socket) throws IOException {
        ByteArrayBuffer reply = new ByteArrayBuffer();
        reply.putByte((byte) UserSshAgent.IDENTITIES_ANSWER);
        reply.putUInt(1);
        reply.putBytes(KeyBlob.parse(key.publicLine()).bytes());
        reply.putString("mute");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        MuteAgent agent = new MuteAgent(server, socket, reply.getCompactData());
        Thread thread = new Thread(agent::serve, "mute-agent");
        thread.setDaemon(true);
        thread.start();
        return agent;
    }

    Path socket() {
        return socket;
    }

    private void serve() {
        try {
            for (; ; ) {
                SocketChannel client = server.accept();
                waiting.add(client);
                ByteBuffer request = ByteBuffer.allocate(5);
                while (request.hasRemaining() && client.read(request) >= 0) {
                    // the length and the type
                }
                if (request.get(4) == UserSshAgent.REQUEST_IDENTITIES) {
                    client.write(
                            ByteBuffer.allocate(4 + list.length)
                                    .putInt(list.length)
                                    .put(list)
                                    .flip());
                }
            }
        } catch (ClosedChannelException e) {
            // closed
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
