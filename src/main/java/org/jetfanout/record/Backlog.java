package org.jetfanout.record;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How much of a run record a reader has not read yet. Immutable.
 *
 * @param bytes how much, in bytes of the record
 * @param oldest about when the oldest of it came; empty where there is nothing, or only what has no
 *     time of its own
 */
public record Backlog(long bytes, Optional<Instant> oldest) {
    public static final Backlog NONE = new Backlog(0, Optional.empty());

    /**
     * Of a record as it is now.
     *
     * @param positions how far each stream was read; one that is not named was not read at all
     */
    static Backlog of(RunRecord record, Map<RecordStream, Long> positions) {
        Backlog[] all = {NONE};
        new RecordStreams(record)
                .discover(
                        found ->
                                all[0] =
                                        all[0].and(
                                                found.lines(
                                                        positions.getOrDefault(
                                                                found.stream(), 0L))));
        return all[0];
    }

    /** This one and what is left of a stream. */
    public Backlog and(LineFollower lines) {
        long rest = lines.remaining();
        return rest == 0 ? this : new Backlog(bytes + rest, older(lines.time()));
    }

    /** The same where something is at hand that came at a time. */
    public Backlog since(Optional<Instant> time) {
        return new Backlog(bytes, older(time));
    }

    private Optional<Instant> older(Optional<Instant> time) {
        return oldest.isEmpty() || (time.isPresent() && time.get().isBefore(oldest.get()))
                ? time
                : oldest;
    }
}
