package org.jetfanout.link;

import java.util.function.Consumer;
import org.jetfanout.queue.Broker;

/**
 * This instance's line to the others at one broker. Thread-safe.
 *
 * <p>Nothing that it carries is durable. While the broker is away nothing can be sent; when it is
 * back, the link has a new address, and what was under way is lost.
 */
public final class Link implements AutoCloseable {
    /** Of what instances say to each other. Those of different versions do not talk. */
    public static final int VERSION = 1;

    /**
     * Connects.
     *
     * @param name of this instance, for people
     */
    public static Link open(Broker broker, SharedKey key, String name) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Who this instance is. */
    public InstanceId me() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Where messages reach this instance. A new one after each outage of the broker. */
    public String address() {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Sends a message to an instance. Messages to one address arrive in order. Waits while the
     * broker is full.
     */
    public void send(String address, LinkMessage message) throws LinkException {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Adds a taker of messages to this instance. Each taker gets all of them, in order, by one
     * thread, and leaves alone what is not for it. It must be quick.
     */
    public void onMessage(Consumer<Received> taker) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Puts a message into the queue of a zone, for any one of those who take from it. */
    public void toZone(String zone, LinkMessage message) throws LinkException {
        throw new UnsupportedOperationException("not yet");
    }

    /** How many messages wait in the queue of a zone until somebody takes them. */
    public long waiting(String zone) throws LinkException {
        throw new UnsupportedOperationException("not yet");
    }

    /** Takes part in a zone. Close what this returns when no more is taken. */
    public ZoneQueue zone(String zone) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Tells all instances. Those that are not there never hear it. */
    public void tellAll(LinkMessage message) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Adds a taker of what others tell all, as {@link #onMessage}. */
    public void onBroadcast(Consumer<Received> taker) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Who is there. */
    public Presence presence() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Adds whom to tell when the broker was away and is back: {@link #address} is a new one. */
    public void onAgain(Runnable told) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Says goodbye. */
    @Override
    public void close() {}
}
