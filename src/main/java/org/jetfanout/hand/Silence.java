package org.jetfanout.hand;

import java.time.Duration;

/**
 * Whether the other side of a call still speaks of it: by a message, or by its roll. Both sides
 * send rolls as often as they look here, so who has said nothing for some looks does not know the
 * call any more, however alive it is. Thread-safe.
 */
final class Silence {
    /** So many looks without a word, because a busy machine is late. */
    private static final int MOST_LOOKS = 3;

    // Mutable state
    private int looks;

    /** The other side has said something about the call. */
    synchronized void heard() {
        looks = 0;
    }

    /** A look; whether the other side does not speak of the call any more. */
    synchronized boolean isTooLong() {
        return ++looks > MOST_LOOKS;
    }

    /** After which time it is too long, where the looks are so far apart. */
    static Duration longest(Duration betweenLooks) {
        return betweenLooks.multipliedBy(MOST_LOOKS);
    }
}
