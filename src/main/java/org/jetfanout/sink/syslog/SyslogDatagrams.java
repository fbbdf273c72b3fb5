package org.jetfanout.sink.syslog;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Syslog over UDP, one message a datagram (RFC 5426). There is no sign of what arrives. It sends at
 * a steady rate, because a receiver's buffer is small.
 */
final class SyslogDatagrams implements SyslogWire {
    private static final long SECOND = 1_000_000_000L;

    private final String host;
    private final int port;
    private final int rate;

    /**
     * Sends datagrams to a host. Its name is resolved for each delivery.
     *
     * @param rate the most messages a second
     */
    SyslogDatagrams(String host, int port, int rate) {
        this.host = host;
        this.port = port;
        this.rate = rate;
    }

    @Override
    public synchronized void send(List<byte[]> messages) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            InetSocketAddress target = new InetSocketAddress(InetAddress.getByName(host), port);
            // a connected socket reports the network's answers to earlier datagrams as errors of
            // later ones
            socket.connect(target);
            long start = System.nanoTime();
            int sent = 0;
            for (byte[] message : messages) {
                socket.send(new DatagramPacket(message, message.length));
                sent++;
                pace(start + sent * SECOND / rate);
            }
        }
    }

    /** Waits until a time of {@link System#nanoTime}, unless it is too near. */
    private static void pace(long until) throws InterruptedIOException {
        long wait = until - System.nanoTime();
        if (wait > SECOND / 1000) {
            LockSupport.parkNanos(wait);
        }
        if (Thread.interrupted()) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    @Override
    public void close() {}
}
