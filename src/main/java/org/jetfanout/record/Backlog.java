package org.jetfanout.record;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The part of a run record that a reader has not read yet. Immutable.
 *
 * @param bytes its size, in bytes of the record
 * @param oldest about when its oldest part arrived; empty where there is nothing, or only parts
 *     without a time
 */
public record Backlog(long bytes, Optional<Instant> oldest) {
    /** Everything is read. */
    public static final Backlog NONE = new Backlog(0, Optional.empty());

    /**
     * The backlog of a record as it is now.
     *
     * @param positions how far each stream was read; a stream that is not in the map was not read
     *     at all
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

    /** This backlog together with the rest of a stream. */
    public Backlog and(LineFollower lines) {
        long rest = lines.remaining();
        return rest == 0 ? this : new Backlog(bytes + rest, older(lines.time()));
    }

    /** This backlog together with something that arrived at a time. */
    public Backlog since(Optional<Instant> time) {
        return new Backlog(bytes, older(time));
    }

    private Optional<Instant> older(Optional<Instant> time) {
        return oldest.isEmpty() || (time.isPresent() && time.get().isBefore(oldest.get()))
                ? time
                : oldest;
    }
}
