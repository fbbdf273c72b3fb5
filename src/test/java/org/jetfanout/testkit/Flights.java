package org.jetfanout.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A proxy before a worker's sshd that counts flights: how often a client sends something, and then
 * waits for an answer. It holds back what the server says until both sides have been quiet for a
 * while. What the client says between two answers is one flight, however long it takes. So it does
 * not measure time; but where a machine is so busy that a side is quiet in the middle of what it
 * says, it counts too many. It never counts too few. Thread-safe.
 */
public final class Flights implements AutoCloseable {
    private final ProxyConnections connections;
    private final List<AtomicInteger> counts = new CopyOnWriteArrayList<>();

    // Mutable state
    private volatile long quiet = Duration.ofMillis(700).toNanos();

    private Flights(ProxyConnections connections) {
        this.connections = connections;
    }

    /** Starts a proxy on another port of the same address. */
    public static Flights before(String address, int target) throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName(address));
        Flights proxy = new Flights(new ProxyConnections(listener));
        proxy.connections.accept(
                client ->
                        proxy.connections.thread(
                                () -> proxy.carry(client, new Socket(address, target))));
        return proxy;
    }

    /** The port of the proxy. */
    public int port() {
        return connections.port();
    }

    /** The flights of each connection so far. */
    public List<Integer> counts() {
        return counts.stream().map(AtomicInteger::get).toList();
    }

    /** For so long both sides must have been quiet, from now on. At first it is 0.7 s. */
    public void quiet(Duration time) {
        quiet = time.toNanos();
    }

    private void carry(Socket client, Socket server) throws IOException {
        AtomicInteger flights = new AtomicInteger();
        counts.add(flights);
        try (client;
                server) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            ByteArrayOutputStream held = new ByteArrayOutputStream();
            boolean answered = true;
            long last = System.nanoTime();
            while (!connections.isClosed()) {
                byte[] asked = ready(client);
                if (asked.length > 0) {
                    server.getOutputStream().write(asked);
                    flights.addAndGet(answered ? 1 : 0);
                    answered = false;
                }
                byte[] said = ready(server);
                held.writeBytes(said);
                if (asked.length + said.length > 0) {
                    last = System.nanoTime();
                } else if (held.size() > 0 && System.nanoTime() - last > quiet) {
                    client.getOutputStream().write(held.toByteArray());
                    held.reset();
                    answered = true;
                } else {
                    Thread.sleep(5);
                }
            }
        } catch (IOException e) {
            // one side has gone, and with it the connection
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What has come. */
    private static byte[] ready(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        return in.readNBytes(in.available());
    }

    @Override
    public void close() throws IOException {
        connections.close();
        connections.reset();
    }
}
