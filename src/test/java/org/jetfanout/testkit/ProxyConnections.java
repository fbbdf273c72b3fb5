package org.jetfanout.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What every proxy of the tests has: a port, connections that it accepted or opened, threads that
 * serve them. Thread-safe.
 */
public final class ProxyConnections implements Closeable {
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    public ProxyConnections(ServerSocket listener) {
        this.listener = listener;
    }

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Welcome {
        void to(Socket client) throws IOException;
    }

    /** What a thread does; an error that comes of closing is none. */
    @FunctionalInterface
    public interface Work {
        void run() throws IOException;
    }

    /** Accepts connections from now on; each is welcomed by the one thread that accepts. */
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

    public int port() {
        return listener.getLocalPort();
    }

    public boolean isClosed() {
        return listener.isClosed();
    }

    /** Takes care of a connection that the proxy itself has opened. */
    public void add(Socket socket) {
        open.add(socket);
    }

    /** A connection has ended in order. */
    public void remove(Socket socket) {
        open.remove(socket);
    }

    /** All that are open. */
    public Set<Socket> all() {
        return Set.copyOf(open);
    }

    /** Does some work in a thread of its own. */
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
            // it is gone already
        }
    }

    /** Resets all. */
    public void reset() {
        open.forEach(ProxyConnections::reset);
    }

    /** Accepts no more; those that are open are left as they are. */
    @Override
    public void close() throws IOException {
        listener.close();
    }
}
