package org.jetfanout.sink;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends deliveries to a receiver whose protocol has no acknowledgement, and loses as little as
 * possible.
 *
 * <p>There is a connection for each delivery. The sending side is closed after the delivery, and
 * the delivery counts as done when the receiver has read to the end and closes its side. So nothing
 * is lost in the buffers of the two kernels or of a machine between them. When a receiver dies, it
 * loses what it has read and not stored. Therefore the last deliveries are kept, and sent again
 * when there is a sign that the receiver has died. The sign is that the next connection breaks or
 * cannot be opened. That connection is opened at once and then waits for its delivery. Documents
 * may be sent twice, but are not lost. Thread-safe.
 */
public final class ConfirmedStream implements Closeable {
    private static final Setting<Long> WINDOW =
            Setting.of(
                            "window",
                            SettingType.size(0, Long.MAX_VALUE),
                            "how much of the most recently delivered data the sink keeps in"
                                    + " memory, to send it again if the receiver may have died; `0` keeps"
                                    + " nothing")
                    .orElse("16MiB");

    private static final Setting<Duration> CONFIRM_TIMEOUT =
            Setting.of(
                            "confirm-timeout",
                            SettingType.timeout(),
                            "how long the receiver may take to read the rest of a delivery and"
                                    + " close")
                    .orElse("60s");

    private static final Setting<Duration> WRITE_TIMEOUT =
            Setting.of(
                            "write-timeout",
                            SettingType.timeout(),
                            "how long the receiver may read nothing while the sink has something"
                                    + " to write")
                    .orElse("30s");

    /** The settings that {@link #of} reads. */
    public static final List<Setting<?>> SETTINGS =
            Setting.all(
                    List.of(WINDOW, CONFIRM_TIMEOUT, WRITE_TIMEOUT, SharedSettings.CONNECT_TIMEOUT),
                    Tls.SETTINGS);

    private static final Logger LOG = LoggerFactory.getLogger(ConfirmedStream.class);

    private final StreamConnection.Target target;
    private final long window;
    private final Duration confirmTimeout;

    // Mutable state
    private final ArrayDeque<byte[]> sent = new ArrayDeque<>();
    private long sentBytes;
    private Optional<StreamConnection> next = Optional.empty();
    private boolean doubt;

    /**
     * Connects when the first delivery is sent.
     *
     * @param target where the connections go
     * @param window at least this many bytes of the last deliveries are kept to be sent again; 0
     *     for none
     * @param confirmTimeout how long the receiver may take to read the rest of a delivery and close
     */
    public ConfirmedStream(StreamConnection.Target target, long window, Duration confirmTimeout) {
        this.target = target;
        this.window = window;
        this.confirmTimeout = confirmTimeout;
    }

    /**
     * A stream with a sink's settings.
     *
     * @param tls whether to use TLS
     */
    public static ConfirmedStream of(SinkSettings settings, String host, int port, boolean tls) {
        return new ConfirmedStream(
                new StreamConnection.Target(
                        host,
                        port,
                        tls ? Optional.of(Tls.context(settings)) : Optional.empty(),
                        settings.get(SharedSettings.CONNECT_TIMEOUT),
                        settings.get(WRITE_TIMEOUT)),
                settings.get(WINDOW),
                settings.get(CONFIRM_TIMEOUT));
    }

    /**
     * Sends a delivery and waits until the receiver has read it.
     *
     * @param delivery whole messages; it is kept, so callers must not change it
     * @throws IOException where it is unknown whether the receiver has read it: it must be sent
     *     again
     */
    public synchronized void send(byte[] delivery) throws IOException {
        try (StreamConnection connection = connection()) {
            if (doubt && sentBytes > 0) {
                LOG.info("{} was down: sending the last {} bytes again", target, sentBytes);
                for (byte[] earlier : sent) {
                    connection.write(earlier);
                }
            }
            connection.write(delivery);
            connection.finish(confirmTimeout);
        } catch (IOException e) {
            doubt = true;
            throw e;
        }
        doubt = false;
        keep(delivery);
        openNext();
    }

    private StreamConnection connection() throws IOException {
        Optional<StreamConnection> waiting = next;
        next = Optional.empty();
        if (waiting.isPresent() && waiting.get().isOpen()) {
            return waiting.get();
        }
        if (waiting.isPresent()) {
            waiting.get().close();
            doubt = true;
        }
        return StreamConnection.open(target);
    }

    private void openNext() {
        try {
            next = Optional.of(StreamConnection.open(target));
        } catch (IOException e) {
            // the next delivery tries again
            doubt = true;
        }
    }

    private void keep(byte[] delivery) {
        sent.addLast(delivery);
        sentBytes += delivery.length;
        while (!sent.isEmpty() && sentBytes - sent.peekFirst().length >= window) {
            sentBytes -= sent.removeFirst().length;
        }
    }

    @Override
    public synchronized void close() {
        next.ifPresent(StreamConnection::close);
        next = Optional.empty();
    }
}
