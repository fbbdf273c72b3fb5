package org.jetfanout.ssh.agent;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jetfanout.ssh.keys.JdkEd25519;
import org.jetfanout.ssh.keys.KeyBlob;

/**
 * The user's ssh-agent, reached through its socket (draft-miller-ssh-agent). Each question has a
 * connection of its own, so an agent that was restarted is found again, and no question waits for
 * another one here. Thread-safe.
 *
 * @param socket path of its Unix socket
 */
public record UserSshAgent(Path socket) {
    static {
        JdkEd25519.install();
    }

    static final int FAILURE = 5;

    /** The request for the list of keys. */
    public static final int REQUEST_IDENTITIES = 11;

    /** The answer with the list of keys. */
    public static final int IDENTITIES_ANSWER = 12;

    static final int SIGN_REQUEST = 13;
    static final int SIGN_RESPONSE = 14;

    /** The size of a message that OpenSSH's agent accepts. */
    static final int MAX_MESSAGE = 256 * 1024;

    /** An agent that does not list its keys in this time hangs. */
    private static final Duration LIST_DEADLINE = Duration.ofSeconds(10);

    /** The bits of a sign request that choose the hash for RSA. */
    private static final int RSA_SHA2_256 = 2;

    private static final int RSA_SHA2_512 = 4;

    /** A key that the agent holds. */
    public record HeldKey(KeyBlob blob, String comment) {}

    /**
     * The keys that the agent holds, in its order.
     *
     * @throws IOException if there is no agent, or it does not answer
     */
    public List<HeldKey> keys() throws IOException {
        try {
            ByteArrayBuffer reply =
                    new ByteArrayBuffer(ask(new byte[] {REQUEST_IDENTITIES}, LIST_DEADLINE));
            if (reply.getUByte() != IDENTITIES_ANSWER) {
                throw new IOException("the ssh-agent does not list its keys (is it locked?)");
            }
            List<HeldKey> keys = new ArrayList<>();
            for (long left = reply.getUInt(); left > 0; left--) {
                keys.add(new HeldKey(KeyBlob.of(reply.getBytes()), reply.getString()));
            }
            return List.copyOf(keys);
        } catch (BufferException | IllegalArgumentException e) {
            throw new IOException(
                    "the ssh-agent sent an invalid list of keys: " + e.getMessage(), e);
        }
    }

    /**
     * A signature in the form of a login request. It waits for a person who must confirm it.
     *
     * @param algorithm chooses the hash for RSA keys
     * @throws IOException if the agent refuses
     */
    public byte[] sign(KeyBlob key, String algorithm, byte[] data, Duration deadline)
            throws IOException {
        int flags = 0;
        if (algorithm.startsWith("rsa-sha2-256")) {
            flags = RSA_SHA2_256;
        } else if (algorithm.startsWith("rsa-sha2-512")) {
            flags = RSA_SHA2_512;
        }
        ByteArrayBuffer reply =
                new ByteArrayBuffer(ask(signRequest(key.bytes(), data, flags), deadline));
        if (reply.getUByte() != SIGN_RESPONSE) {
            throw new IOException("the ssh-agent refused to sign");
        }
        try {
            return reply.getBytes();
        } catch (BufferException e) {
            throw new IOException("the ssh-agent sent an invalid signature", e);
        }
    }

    static byte[] signRequest(byte[] key, byte[] data, long flags) {
        ByteArrayBuffer request = new ByteArrayBuffer();
        request.putByte((byte) SIGN_REQUEST);
        request.putBytes(key);
        request.putBytes(data);
        request.putUInt(flags);
        return request.getCompactData();
    }

    /**
     * Sends a question and returns the answer, both without their length.
     *
     * @throws IOException if there is no agent, if it breaks off, or if it does not answer by the
     *     deadline
     */
    byte[] ask(byte[] request, Duration deadline) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            Conversation conversation =
                    new Conversation(channel, selector, System.nanoTime() + deadline.toNanos());
            conversation.write(
                    ByteBuffer.allocate(Integer.BYTES + request.length)
                            .putInt(request.length)
                            .put(request)
                            .flip());
            int length = conversation.read(Integer.BYTES).getInt();
            if (length < 1 || length > MAX_MESSAGE) {
                throw new IOException("the ssh-agent's answer has an invalid length: " + length);
            }
            return conversation.read(length).array();
        }
    }

    /** Reads and writes up to a deadline, which blocking channels do not support. */
    private record Conversation(SocketChannel channel, Selector selector, long deadline) {
        void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                if (channel.write(bytes) == 0) {
                    await(SelectionKey.OP_WRITE);
                }
            }
        }

        ByteBuffer read(int length) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            while (bytes.hasRemaining()) {
                int count = channel.read(bytes);
                if (count < 0) {
                    throw new EOFException("the ssh-agent closed the connection");
                }
                if (count == 0) {
                    await(SelectionKey.OP_READ);
                }
            }
            return bytes.flip();
        }

        private void await(int operation) throws IOException {
            channel.register(selector, operation);
            long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
            int ready = selector.select(left);
            selector.selectedKeys().clear();
            if (Thread.currentThread().isInterrupted()) {
                throw new IOException("interrupted while waiting for the ssh-agent");
            }
            if (ready == 0 && System.nanoTime() >= deadline) {
                throw new IOException("the ssh-agent does not answer");
            }
        }
    }
}
