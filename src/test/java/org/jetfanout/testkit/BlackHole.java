package org.jetfanout.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * An address that never answers, like one behind a firewall that drops packets. Its queue of
 * connections is full, and Linux drops all others.
 */
public final class BlackHole implements AutoCloseable {
    private static final int MOST = 100;

    private final ServerSocket socket;
    private final List<Socket> waiting = new ArrayList<>();

    private BlackHole(ServerSocket socket) {
        this.socket = socket;
    }

    /** Occupies the address until it is closed. */
    public static BlackHole at(String address, int port) throws IOException {
        BlackHole hole = new BlackHole(new ServerSocket(port, 1, InetAddress.getByName(address)));
        while (hole.waiting.size() < MOST) {
            Socket one = new Socket();
            hole.waiting.add(one);
            try {
                one.connect(new InetSocketAddress(address, port), 500);
            } catch (SocketTimeoutException e) {
                return hole;
            }
        }
        throw new IllegalStateException("it still answers");
    }

    /** The address, without the port. */
    public String address() {
        return socket.getInetAddress().getHostAddress();
    }

    @Override
    public void close() throws IOException {
        for (Socket one : waiting) {
            one.close();
        }
        socket.close();
    }
}
