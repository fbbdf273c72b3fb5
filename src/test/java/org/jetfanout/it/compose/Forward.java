package org.jetfanout.it.compose;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.jetfanout.testkit.ProxyConnections;

/** A server that is elsewhere, at the address and port where a container would have it. */
final class Forward implements AutoCloseable {
    private final ProxyConnections connections;

    private Forward(ProxyConnections connections) {
        this.connections = connections;
    }

    /**
     * Passes on what comes.
     *
     * @param target port on 127.0.0.1
     */
    static Forward at(String address, int port, int target) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(new InetSocketAddress(address, port));
        ProxyConnections connections = new ProxyConnections(listener);
        connections.accept(
                client -> {
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                    connections.thread(() -> pass(client, server));
                    connections.thread(() -> pass(server, client));
                });
        return new Forward(connections);
    }

    @Override
    public void close() {
        try {
            connections.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pass(Socket from, Socket to) throws IOException {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            from.close();
            to.close();
        }
    }
}
