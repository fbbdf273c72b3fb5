package org.jetfanout.ssh;

import java.time.Duration;
import java.util.Optional;

/**
 * How long to wait for a worker.
 *
 * @param connect until both sides have agreed on keys
 * @param login from then until we are logged in, and again until the command is started; the time
 *     that a user takes to type a passphrase does not count
 * @param keepalive silence after which the connection is probed; empty for that of the settings
 */
public record Deadlines(Duration connect, Duration login, Optional<Duration> keepalive) {
    /** With the keep-alive of the settings. */
    public Deadlines(Duration connect, Duration login) {
        this(connect, login, Optional.empty());
    }

    /** The same ones with this keep-alive. */
    public Deadlines with(Duration silence) {
        return new Deadlines(connect, login, Optional.of(silence));
    }

    /** 10 s and 30 s. */
    public static Deadlines standard() {
        return new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(30));
    }
}
