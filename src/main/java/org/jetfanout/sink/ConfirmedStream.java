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
 * Sends frames to a receiver whose protocol has no acknowledgement, and loses as little as can be.
 *
 * <p>Each frame ends its connection: the sending side is closed, and the frame counts as delivered
 * when the receiver, having read to the end, closes in return. So nothing is lost in the buffers of
 * two kernels or of what stands between. What a receiver has read but not yet stored dies with it:
 * therefore the last frames are kept, and sent again when there is a sign that it has died. The
 * sign is the next connection, which is opened at once and then waits for its frame: it breaks, or
 * cannot be opened. Records are sent twice rather than lost. Safe for use by several threads.
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
                            "how long the receiver may take to read the rest of a frame and close")
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
     * Connects at the first frame.
     *
     * @param window at least so many bytes of the last frames are kept to be sent again; 0 for none
     * @param confirmTimeout how long the receiver may take to read the rest of a frame and close
     */
    public ConfirmedStream(StreamConnection.Target target, long window, Duration confirmTimeout) {
        this.target = target;
        this.window = window;
        this.confirmTimeout = confirmTimeout;
    }

    /**
     * As a sink's settings have it.
     *
     * @param tls whether it speaks TLS
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
     * Sends a frame and waits until the receiver has read it.
     *
     * @param frame whole messages; kept, so nobody may change it
     * @throws IOException where it is not known to have been read: it must be sent again
     */
    public synchronized void send(byte[] frame) throws IOException {
        try (StreamConnection connection = connection()) {
            if (doubt && sentBytes > 0) {
                LOG.info("{} was down: sending the last {} bytes again", target, sentBytes);
                for (byte[] earlier : sent) {
                    connection.write(earlier);
                }
            }
            connection.write(frame);
            connection.finish(confirmTimeout);
        } catch (IOException e) {
            doubt = true;
            throw e;
        }
        doubt = false;
        keep(frame);
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
            // tried again with the next frame
            doubt = true;
        }
    }

    private void keep(byte[] frame) {
        sent.addLast(frame);
        sentBytes += frame.length;
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
