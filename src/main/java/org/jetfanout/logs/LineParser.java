package org.jetfanout.logs;

import java.util.Optional;
import org.jetfanout.record.TextLine;

/**
 * Makes drafts of the lines of one stream, which come in order. What a line means may depend on
 * those before it: who begins in the middle hands in some of these first. Not thread-safe.
 */
interface LineParser {
    /** The draft of a line; empty for one that is none of ours (torn, or blank). */
    Optional<DocumentFields> of(TextLine line);

    /** Whether the lines that were handed in are enough to know what the next one means. */
    default boolean isSettled() {
        return true;
    }
}
