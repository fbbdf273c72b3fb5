package org.jetfanout.link;

import java.time.Duration;
import org.jetfanout.queue.Broker;

/**
 * How long instances at one broker wait for each other. All of it follows from one time, which the
 * file of the broker may name.
 *
 * @param silence an instance that was not heard for this time is gone
 */
public record Patience(Duration silence) {
    private static final Duration LONGEST_BEAT = Duration.ofSeconds(1);

    /** So many beats may be lost before an instance counts as gone. */
    private static final int BEATS = 5;

    private static final int CALL = 3;
    private static final int SEND = 6;

    /** A broker may be busy for so long, however short the other times are. */
    private static final Duration LEAST_CALL = Duration.ofSeconds(10);

    /** Of the instances at a broker. */
    public static Patience of(Broker broker) {
        return new Patience(broker.instanceTimeout());
    }

    /** Between two times that an instance says that it is there. */
    public Duration beat() {
        Duration part = silence.dividedBy(BEATS);
        return part.compareTo(LONGEST_BEAT) < 0 ? part : LONGEST_BEAT;
    }

    /**
     * The broker ends a connection that was silent for this time: then a lease is free, and nobody
     * waits any more for what was under way.
     */
    public Duration away() {
        return silence.multipliedBy(2);
    }

    /** Until then the broker has ended the connection of a process that died, and then some. */
    public Duration longestGhost() {
        return away().multipliedBy(2);
    }

    /**
     * So long a message to another instance may wait for a broker that is full. Then its sender is
     * told, who can do better than wait.
     */
    Duration longestSend() {
        return away().multipliedBy(SEND);
    }

    /** Between two looks whether something has changed at the broker. */
    public Duration look() {
        return silence.multipliedBy(2).dividedBy(BEATS);
    }

    /**
     * Options of a connection that does not reconnect: whoever has it decides what its loss means.
     *
     * @param longest so long the broker may take to answer
     */
    private String connection(Duration longest) {
        return "initialConnectAttempts=1&reconnectAttempts=0&useGlobalPools=false"
                + "&connectionTTL="
                + away().toMillis()
                + "&clientFailureCheckPeriod="
                + away().multipliedBy(CALL).dividedBy(2L * BEATS).toMillis()
                + "&callTimeout="
                + (longest.compareTo(LEAST_CALL) < 0 ? LEAST_CALL : longest).toMillis();
    }

    /** Options of a connection for messages that may be lost. */
    String linkOptions() {
        return connection(away());
    }

    /** Options of a connection for what must not be lost. */
    public String durableOptions() {
        return connection(silence.multipliedBy(CALL));
    }
}
