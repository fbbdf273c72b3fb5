package org.jetfanout.sink.shipping;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jetfanout.record.SinkState;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.text.Text;

/**
 * Counts what happened to the documents of a run at one sink, and knows the state of the sink.
 * Thread-safe.
 */
final class ShipCounters {
    private static final int LONGEST_REASON = 300;

    private final SinkStatus before;
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong retried = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    // Mutable state
    private volatile SinkState state = SinkState.SHIPPING;
    private volatile String reason = "";

    /**
     * @param before the counts of earlier processes
     */
    ShipCounters(SinkStatus before) {
        this.before = before;
    }

    void read(int documents) {
        read.addAndGet(documents);
    }

    void delivered(int documents) {
        delivered.addAndGet(documents);
    }

    void retried(int documents) {
        retried.addAndGet(documents);
    }

    /** Counts a refused document. Returns whether it is the first. */
    boolean refused() {
        return refused.getAndIncrement() == 0;
    }

    /** Counts dropped documents. Returns whether they are the first. */
    boolean dropped(int documents) {
        return dropped.getAndAdd(documents) == 0;
    }

    /** Sets the state of the sink. Returns whether it has changed. */
    boolean becomes(SinkState next, String why) {
        boolean other = state != next;
        reason = oneLine(why);
        state = next;
        return other;
    }

    SinkState state() {
        return state;
    }

    /** The sink's last reason for not accepting something; otherwise empty. */
    String reason() {
        return reason;
    }

    /** The whole status. */
    SinkStatus status(long backlog, Optional<Instant> oldest) {
        return new SinkStatus(
                before.sink(),
                state,
                reason,
                before.read() + read.get(),
                before.delivered() + delivered.get(),
                before.retried() + retried.get(),
                before.refused() + refused.get(),
                before.dropped() + dropped.get(),
                backlog,
                oldest);
    }

    /** The first line of a remote text, harmless and short. */
    static String oneLine(String text) {
        String plain = Text.plain(String.valueOf(text).lines().findFirst().orElse("")).strip();
        return plain.length() <= LONGEST_REASON ? plain : plain.substring(0, LONGEST_REASON) + "…";
    }
}
