package org.jetfanout.sink;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jetfanout.machine.Daemons;
import org.jetfanout.text.Durations;

/**
 * A TCP or TLS connection that only sends, for protocols without answers (JSON lines, syslog). A
 * thread of its own reads, so that the close by the peer is noticed at once and not only by a later
 * write. This thread also ends a write that the peer does not accept. It drops everything that the
 * peer sends. {@link #finish} gives the only confirmation: the peer has read everything. One thread
 * at a time may write; any thread may call {@link #isOpen} and {@link #close}.
 */
public final class StreamConnection implements Closeable {
    /**
     * Where a connection goes.
     *
     * @param tls the TLS context, with which the host's name is verified; empty for plain TCP
     * @param connectTimeout for each address of the host and for each step of the TLS handshake
     * @param writeTimeout how long a write may wait for a peer that reads nothing
     */
    public record Target(
            String host,
            int port,
            Optional<SSLContext> tls,
            Duration connectTimeout,
            Duration writeTimeout) {
        @Override
        public String toString() {
            return (tls.isPresent() ? "tls://" : "tcp://") + host + ":" + port;
        }
    }

    /** The size of one write. The write timeout applies to each. */
    private static final int PIECE = 64 * 1024;

    private static final Duration WATCH = Duration.ofMillis(250);

    private final Target target;
    private final Socket wire;
    private final Socket socket;
    private final OutputStream out;
    private final CountDownLatch ended = new CountDownLatch(1);

    // Mutable state: what the writing and the reading thread tell each other
    private volatile long writingSince;
    private volatile boolean writing;
    private volatile boolean stuck;
    private volatile IOException failure;

    private StreamConnection(Target target, Socket wire, Socket socket) throws IOException {
        this.target = target;
        this.wire = wire;
        this.socket = socket;
        this.out = socket.getOutputStream();
    }

    /**
     * Connects, with TLS where that is wanted. It tries each address of the host in turn.
     *
     * @throws IOException where no address answers in time; a CertificateException is among its
     *     causes where the peer is not trusted
     */
    public static StreamConnection open(Target target) throws IOException {
        Socket wire = connect(target);
        try {
            wire.setTcpNoDelay(true);
            wire.setKeepAlive(true);
            wire.setSoTimeout(Math.toIntExact(target.connectTimeout.toMillis()));
            Socket socket = target.tls.isPresent() ? secure(target, wire) : wire;
            wire.setSoTimeout(Math.toIntExact(WATCH.toMillis()));
            StreamConnection connection = new StreamConnection(target, wire, socket);
            Daemons.start("sink-" + target, connection::read);
            return connection;
        } catch (IOException | RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    private static Socket connect(Target target) throws IOException {
        IOException last = null;
        for (InetAddress address : InetAddress.getAllByName(target.host)) {
            Socket socket = new Socket();
            try {
                socket.connect(
                        new InetSocketAddress(address, target.port),
                        Math.toIntExact(target.connectTimeout.toMillis()));
                return socket;
            } catch (IOException e) {
                socket.close();
                last = e;
            }
        }
        throw new IOException(target + ": " + last.getMessage(), last);
    }

    /**
     * TLS over our own socket. Closing that socket ends a write that hangs; closing the TLS socket
     * would wait.
     */
    private static Socket secure(Target target, Socket wire) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        target.tls
                                .orElseThrow()
                                .getSocketFactory()
                                .createSocket(wire, target.host, target.port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (IOException e) {
            throw new IOException(target + ": " + e.getMessage(), e);
        }
        return socket;
    }

    /**
     * Whether the connection is open. False as soon as the peer has closed or reset it, or it was
     * closed here.
     */
    public boolean isOpen() {
        return ended.getCount() > 0;
    }

    /**
     * Writes the bytes into the connection. They may not arrive.
     *
     * @throws SocketTimeoutException where the peer reads nothing for the write timeout
     * @throws IOException where the peer has closed, even if it did so before this call
     */
    public void write(byte[] bytes) throws IOException {
        for (int from = 0; from < bytes.length; from += PIECE) {
            if (!isOpen()) {
                throw broken("the server closed the connection");
            }
            int start = from;
            watched(() -> out.write(bytes, start, Math.min(PIECE, bytes.length - start)));
        }
    }

    /**
     * Ends the stream and waits until the peer has read to the end and closes its side.
     *
     * @throws IOException where the peer closed before, resets the connection or does not close in
     *     time: it is unknown what it has read
     */
    public void finish(Duration wait) throws IOException {
        try (this) {
            if (!isOpen()) {
                throw broken("the server closed the connection");
            }
            watched(socket::shutdownOutput);
            if (!ended.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SocketTimeoutException(
                        target
                                + ": the server did not read all data and close the connection"
                                + " within "
                                + Durations.text(wait));
            }
            if (failure != null) {
                throw broken("the connection broke");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(target + ": interrupted");
        }
    }

    /** Closes the connection at once, whatever is on its way. A write in another thread fails. */
    @Override
    public void close() {
        try {
            wire.close();
        } catch (IOException e) {
            // the connection is of no use in any case
        }
    }

    private interface Write {
        void run() throws IOException;
    }

    private void watched(Write write) throws IOException {
        writingSince = System.nanoTime();
        writing = true;
        try {
            write.run();
        } catch (IOException e) {
            if (stuck) {
                throw new SocketTimeoutException(
                        target
                                + ": the server accepted no data for "
                                + Durations.text(target.writeTimeout));
            }
            throw new IOException(target + ": " + e.getMessage(), e);
        } finally {
            writing = false;
        }
    }

    private IOException broken(String what) {
        IOException cause = failure;
        return new IOException(
                target + ": " + what + (cause == null ? "" : ": " + cause.getMessage()), cause);
    }

    private void read() {
        byte[] ignored = new byte[4096];
        try {
            InputStream in = socket.getInputStream();
            boolean more = true;
            while (more) {
                try {
                    more = in.read(ignored) >= 0;
                } catch (SocketTimeoutException e) {
                    // the peer sent nothing, as expected: time to check the writer
                }
                if (writing && System.nanoTime() - writingSince > target.writeTimeout.toNanos()) {
                    stuck = true;
                    close();
                }
            }
        } catch (IOException e) {
            failure = e;
        } finally {
            ended.countDown();
        }
    }
}
