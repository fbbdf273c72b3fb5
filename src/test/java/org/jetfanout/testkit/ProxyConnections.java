package org.jetfanout.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The common part of the tests' proxies: a port, the connections that they accepted or opened, and
 * the threads that serve them. Thread-safe.
 */
public final class ProxyConnections implements Closeable {
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Uses this port. */
    public ProxyConnections(ServerSocket listener) {
        this.listener = listener;
    }

    /** Handles a new connection. */
    @FunctionalInterface
    public interface Welcome {
        void to(Socket client) throws IOException;
    }

    /** The work of a thread. An error is ignored where the proxy was closed. */
    @FunctionalInterface
    public interface Work {
        void run() throws IOException;
    }

    /** Accepts connections from now on. One thread accepts and handles them. */
    public void accept(Welcome welcome) {
        thread(
                () -> {
                    while (!isClosed()) {
                        Socket client = listener.accept();
                        open.add(client);
                        welcome.to(client);
                    }
                });
    }

    /** The port. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Whether the proxy is closed. */
    public boolean isClosed() {
        return listener.isClosed();
    }

    /** Adds a connection that the proxy itself has opened. */
    public void add(Socket socket) {
        open.add(socket);
    }

    /** Removes a connection that has ended in order. */
    public void remove(Socket socket) {
        open.remove(socket);
    }

    /** All open connections. */
    public Set<Socket> all() {
        return Set.copyOf(open);
    }

    /** Starts a thread for some work. */
    public void thread(Work work) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                work.run();
                            } catch (IOException e) {
                                if (!isClosed()) {
                                    throw new UncheckedIOException(e);
                                }
                            }
                        },
                        "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    /** Resets (RST) a connection. */
    public static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // it is closed already
        }
    }

    /** Resets all connections. */
    public void reset() {
        open.forEach(ProxyConnections::reset);
    }

    /** Accepts no more connections. Open ones stay open. */
    @Override
    public void close() throws IOException {
        listener.close();
    }
}
