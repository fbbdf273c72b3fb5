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
import org.jetfanout.text.Durations;

/**
 * One TCP or TLS connection that is only written to, for protocols without answers (JSON lines,
 * syslog). A thread of its own reads, so that the peer's close is noticed when it happens and not a
 * write later; it also ends a write that the peer does not take. What the peer says is thrown away.
 * {@link #finish} is the only confirmation there is: the peer has read everything. Written by one
 * thread at a time; {@link #isOpen} and {@link #close} by any.
 */
public final class StreamConnection implements Closeable {
    /**
     * Where a connection goes.
     *
     * @param tls for TLS, with the name of the host verified; empty for plain TCP
     * @param connectTimeout for each address of the host and for each step of the TLS handshake
     * @param writeTimeout how long the peer may take nothing while there is something to write
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

    /** So much is one write: the write timeout holds for each. */
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
     * Connects, and shakes hands where it is TLS. Each address of the host is tried in turn.
     *
     * @throws IOException where none answers in time; with a CertificateException among its causes
     *     where the peer is not trusted
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
            Thread reader = new Thread(connection::read, "sink-" + target);
            reader.setDaemon(true);
            reader.start();
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

    /** TLS over a socket of ours: closing that one ends a stuck write, closing TLS would wait. */
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

    /** False as soon as the peer has closed or reset it, or it was closed here. */
    public boolean isOpen() {
        return ended.getCount() > 0;
    }

    /**
     * Writes all of it into the connection; that says nothing of its arrival.
     *
     * @throws SocketTimeoutException where the peer takes nothing for the write timeout
     * @throws IOException where the peer has closed, even if it did so before this
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
     * Ends the stream and waits until the peer, having read to the end, closes its side.
     *
     * @throws IOException where the peer closed before, reset the connection or does not close in
     *     time: what of the stream it has read is not known
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

    /** Ends it at once, whatever is on its way; a write in another thread fails. */
    @Override
    public void close() {
        try {
            wire.close();
        } catch (IOException e) {
            // it is of no more use either way
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
                    // nothing said, as it should be: time to look at the writer
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
