package org.jetfanout.link;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Who is at the broker. Each instance tells all others once a second that it is there. Thread-safe.
 */
public final class Presence {
    Presence() {}

    /** Adds facts to what this instance says about itself. Asked once a second; must be quick. */
    public void say(Supplier<ObjectNode> facts) {
        throw new UnsupportedOperationException("not yet");
    }

    /** The instances heard within the last 5 s, this one included. */
    public List<Instance> all() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Whether an instance with this address was heard within the last 5 s. */
    public boolean isAlive(String address) {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Adds whom to tell when an address is gone: its instance said goodbye, has another address
     * now, or was not heard for 5 s.
     */
    public void onGone(Consumer<Instance> told) {
        throw new UnsupportedOperationException("not yet");
    }
}
