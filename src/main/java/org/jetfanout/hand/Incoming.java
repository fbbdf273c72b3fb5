package org.jetfanout.hand;

/** Counts the messages of a call from the other side. For one thread. */
final class Incoming {
    // Mutable state
    private long received;

    /** A message with this number has come. False if it is not the next one. */
    boolean isNext(long number) {
        received++;
        return number == received;
    }

    /** Whether all have come that the other side says it has sent before. */
    boolean hasAll(long sent) {
        return sent <= received;
    }
}
