package org.jetfanout.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Stands in front of an SSH server and ends each connection during the login: both sides have said
 * their versions, and the client has begun the key exchange. That is what an overloaded server or a
 * firewall does. Thread-safe.
 */
public final class CutLogins implements AutoCloseable {
    private final String address;
    private final int target;
    private final boolean reset;
    private final ProxyConnections connections;

    /**
     * Starts on another port of the same address.
     *
     * @param reset whether connections are reset (RST), and not closed
     */
    public static CutLogins before(String address, int target, boolean reset) throws IOException {
        return new CutLogins(address, target, reset);
    }

    private CutLogins(String address, int target, boolean reset) throws IOException {
        this.address = address;
        this.target = target;
        this.reset = reset;
        this.connections =
                new ProxyConnections(new ServerSocket(0, 50, InetAddress.getByName(address)));
        connections.accept(client -> connections.thread(() -> cut(client)));
    }

    /** The port. */
    public int port() {
        return connections.port();
    }

    private void cut(Socket client) throws IOException {
        try (Socket server = new Socket(address, target)) {
            client.getOutputStream().write(line(server.getInputStream()));
            line(client.getInputStream());
            client.getInputStream().read();
            if (!reset) {
                client.shutdownOutput();
                // bytes that nobody has read would make it a reset
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            }
        } finally {
            if (reset) {
                ProxyConnections.reset(client);
            }
            client.close();
        }
    }

    private static byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            line.write(next);
            if (next == '\n') {
                break;
            }
        }
        return line.toByteArray();
    }

    @Override
    public void close() throws IOException {
        connections.close();
        connections.reset();
    }
}
