package org.jetfanout.record;

import java.time.Instant;

/**
 * A line of a file of the record.
 *
 * @param offset of its first byte
 * @param end offset of the byte after it and its line break
 * @param text without the line break; bytes that are not UTF-8 become {@code \xNN}
 * @param cut whether the line was too long and continues in the next one
 * @param time when the control machine received it; only in a stream of a job does it have a
 *     meaning
 */
public record TextLine(long offset, long end, String text, boolean cut, Instant time) {}
