package org.jetfanout.logs;

import java.util.Optional;
import org.jetfanout.record.TextLine;

/**
 * Makes the fields of log documents from the lines of one stream, which come in order. The meaning
 * of a line may depend on those before it, so a reader that begins in the middle passes in some
 * earlier lines first. Not thread-safe.
 */
interface LineParser {
    /** The fields of a line; empty for a line that gives no document (incomplete or blank). */
    Optional<DocumentFields> parse(TextLine line);

    /** Whether the lines so far are enough to understand the next one. */
    default boolean isSettled() {
        return true;
    }
}
