package org.jetfanout.it.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy before a worker's sshd, whose connections can be made to break in every way there is.
 * Thread-safe.
 */
final class Proxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 10;

    /** What it does with new connections. */
    enum Welcome {
        /** Passes everything on. */
        FORWARD,
        /** Accepts, and says nothing. */
        MUTE,
        /** Accepts, and resets. */
        RESET
    }

    private final String address;
    private final int target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Object gate = new Object();

    private final AtomicInteger accepted = new AtomicInteger();

    // Mutable state
    private volatile Welcome welcome = Welcome.FORWARD;
    private boolean hole; // guarded by gate
    private final Set<Socket> forgotten = new HashSet<>(); // guarded by gate

    private Proxy(String address, int target, ServerSocket listener) {
        this.address = address;
        this.target = target;
        this.listener = listener;
    }

    /** A proxy on another port of the same address. */
    static Proxy before(String address, int target) throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName(address));
        Proxy proxy = new Proxy(address, target, listener);
        proxy.thread(proxy::accept);
        return proxy;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many connections there were. */
    int accepted() {
        return accepted.get();
    }

    void welcome(Welcome now) {
        welcome = now;
    }

    /** Resets (RST) all connections. */
    void reset() {
        sockets.forEach(Proxy::abort);
    }

    /** Nothing passes any more, and nobody is told. What arrives meanwhile is not lost. */
    void blackHole() {
        synchronized (gate) {
            hole = true;
        }
    }

    /**
     * The connections that there are hang for ever and learn of nothing, as when a router has
     * forgotten them; new ones pass.
     */
    void forget() {
        synchronized (gate) {
            forgotten.addAll(sockets);
        }
    }

    /** Everything passes again, but for what is forgotten. */
    void heal() {
        synchronized (gate) {
            hole = false;
            gate.notifyAll();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        synchronized (gate) {
            gate.notifyAll();
        }
        reset();
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            accepted.incrementAndGet();
            sockets.add(client);
            switch (welcome) {
                case MUTE -> {}
                case RESET -> abort(client);
                case FORWARD -> forward(client);
            }
        }
    }

    private void forward(Socket client) {
        try {
            Socket server = new Socket(address, target);
            sockets.add(server);
            thread(() -> pass(client, server));
            thread(() -> pass(server, client));
        } catch (IOException e) {
            abort(client); // nobody listens there
        }
    }

    private void pass(Socket from, Socket to) throws IOException {
        try {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                waitForHole(from);
                to.getOutputStream().write(buffer, 0, n);
            }
            waitForHole(from);
            to.shutdownOutput();
        } catch (IOException e) {
            abort(from);
            abort(to);
        } finally {
            sockets.remove(from);
        }
    }

    private void waitForHole(Socket from) {
        synchronized (gate) {
            while ((hole || forgotten.contains(from)) && !listener.isClosed()) {
                try {
                    gate.wait();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static void abort(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // it is gone already
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private void thread(Work work) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                work.run();
                            } catch (IOException e) {
                                if (!listener.isClosed()) {
                                    throw new UncheckedIOException(e);
                                }
                            }
                        },
                        "proxy");
        thread.setDaemon(true);
        thread.start();
    }
}
