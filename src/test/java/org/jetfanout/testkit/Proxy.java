package org.jetfanout.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy before a worker's sshd. Its connections can be made to fail in many ways.
 * Thread-safe.
 */
public final class Proxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 10;

    /** What it does with a new connection. */
    public enum Welcome {
        /** Passes everything on. */
        FORWARD,
        /** Accepts it and never sends anything. */
        MUTE,
        /** Accepts and resets it. */
        RESET
    }

    private final String address;
    private final int target;
    private final ProxyConnections connections;
    private final Object gate = new Object();

    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);

    // Mutable state
    private volatile Welcome welcome = Welcome.FORWARD;
    private boolean hole; // guarded by gate
    private final Set<Socket> forgotten = new HashSet<>(); // guarded by gate

    private Proxy(String address, int target, ProxyConnections connections) {
        this.address = address;
        this.target = target;
        this.connections = connections;
    }

    /** Starts a proxy on another port of the same address. */
    public static Proxy before(String address, int target) throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName(address));
        Proxy proxy = new Proxy(address, target, new ProxyConnections(listener));
        proxy.connections.accept(proxy::welcome);
        return proxy;
    }

    /** The port of the proxy. */
    public int port() {
        return connections.port();
    }

    /** How many connections it has accepted. */
    public int accepted() {
        return accepted.get();
    }

    /** Sets what it does with new connections. */
    public void welcome(Welcome now) {
        welcome = now;
    }

    /** Resets (RST) all connections. */
    public void reset() {
        connections.reset();
    }

    /** Passes nothing on any more, and closes nothing. What arrives meanwhile is kept. */
    public void blackHole() {
        synchronized (gate) {
            hole = true;
        }
    }

    /** Passes about so many more bytes on, and then nothing, as {@link #blackHole} does. */
    public void holdAfter(long bytes) {
        left.set(bytes);
    }

    /**
     * Makes the present connections hang for ever, as when a router has forgotten them. New ones
     * work.
     */
    public void forget() {
        synchronized (gate) {
            forgotten.addAll(connections.all());
        }
    }

    /** Passes everything on again, except on forgotten connections. */
    public void heal() {
        left.set(Long.MAX_VALUE);
        synchronized (gate) {
            hole = false;
            gate.notifyAll();
        }
    }

    @Override
    public void close() throws IOException {
        connections.close();
        synchronized (gate) {
            gate.notifyAll();
        }
        reset();
    }

    private void welcome(Socket client) {
        accepted.incrementAndGet();
        switch (welcome) {
            case MUTE -> {}
            case RESET -> ProxyConnections.reset(client);
            case FORWARD -> forward(client);
        }
    }

    private void forward(Socket client) {
        try {
            Socket server = new Socket(address, target);
            connections.add(server);
            connections.thread(() -> pass(client, server));
            connections.thread(() -> pass(server, client));
        } catch (IOException e) {
            ProxyConnections.reset(client); // nobody listens there
        }
    }

    private void pass(Socket from, Socket to) throws IOException {
        try {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                if (left.addAndGet(-n) < 0) {
                    blackHole();
                }
                waitForHole(from);
                to.getOutputStream().write(buffer, 0, n);
            }
            waitForHole(from);
            to.shutdownOutput();
        } catch (IOException e) {
            ProxyConnections.reset(from);
            ProxyConnections.reset(to);
        } finally {
            connections.remove(from);
        }
    }

    private void waitForHole(Socket from) {
        synchronized (gate) {
            while ((hole || forgotten.contains(from)) && !connections.isClosed()) {
                try {
                    gate.wait();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
