package org.jetfanout.service.lines;

import java.util.Optional;
import org.jetfanout.record.FileNames;

/**
 * The id of a line in a stream: {@code NUMBER.BATCH.OFFSET}. The number says where the line is;
 * where that has changed, because the index was made again, batch and offset say it.
 *
 * @param number from 1; 0 for the place before the first line
 * @param batch id of the batch
 * @param offset of the line's first byte
 */
public record LineId(long number, String batch, long offset) {
    /** Reads an id; empty where the text is none. */
    public static Optional<LineId> of(String text) {
        int dot = text.indexOf('.');
        int last = text.lastIndexOf('.');
        if (dot < 1 || last <= dot + 1 || text.length() > 150) {
            return Optional.empty();
        }
        try {
            LineId id =
                    new LineId(
                            Long.parseLong(text.substring(0, dot)),
                            text.substring(dot + 1, last),
                            Long.parseLong(text.substring(last + 1)));
            return id.number() >= 0 && id.offset() >= 0 && FileNames.isSafe(id.batch())
                    ? Optional.of(id)
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
