package org.jetfanout.demo;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** The stand-in's connection to the ssh-agent on a Unix socket. */
final class UserAgent extends AbstractAgentProxy {
    private static final int MOST = 256 << 10;

    private final SocketChannel connection;

    UserAgent(Path socket) throws IOException {
        super(null);
        connection = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }

    @Override
    public void close() throws IOException {
        super.close();
        connection.close();
    }

    @Override
    protected synchronized Buffer request(Buffer request) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(request.array(), request.rpos(), request.available());
        while (bytes.hasRemaining()) {
            connection.write(bytes);
        }
        int length = read(Integer.BYTES).getInt();
        if (length < 1 || length > MOST) {
            throw new IOException("the agent's answer has an invalid length: " + length);
        }
        return new ByteArrayBuffer(read(length).array());
    }

    private ByteBuffer read(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (connection.read(bytes) < 0) {
                throw new EOFException("the agent closed the connection");
            }
        }
        return bytes.flip();
    }
}
