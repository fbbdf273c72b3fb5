package org.jetfanout.link;

import java.util.Map;
import org.jetfanout.machine.LimitedMap;

/**
 * The number of the last message of each sender, so that a message that somebody sends again is
 * known. Thread-safe.
 */
final class LastNumbers {
    private static final int MOST_SENDERS = 10_000;

    // Mutable state
    private final Map<String, Long> last = LimitedMap.byUse(MOST_SENDERS);

    /** Whether the message is newer than all of its sender before. */
    synchronized boolean isNew(Envelope envelope) {
        Long before = last.get(envelope.sender().id());
        if (before != null && envelope.number() <= before) {
            return false;
        }
        last.put(envelope.sender().id(), envelope.number());
        return true;
    }
}
