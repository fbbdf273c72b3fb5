package org.jetfanout.ssh;

import java.time.Duration;

/**
 * How long to wait for a worker.
 *
 * @param connect until both sides have agreed on keys
 * @param login from then until we are logged in, and again until the command is started; the time
 *     that a user takes to type a passphrase does not count
 */
public record Deadlines(Duration connect, Duration login) {
    /** 10 s and 30 s. */
    public static Deadlines standard() {
        return new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(30));
    }
}
