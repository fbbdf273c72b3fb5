package org.jetfanout.record;

import java.time.Instant;

/**
 * A line of a file of the record.
 *
 * @param offset of its first byte
 * @param end offset of the byte after it and its line break
 * @param text without the line break; bytes that are no UTF-8 are written {@code \xNN}
 * @param cut whether it was too long and goes on in the next one
 * @param time when the control machine received it, in a stream of a job; else of no meaning
 */
public record TextLine(long offset, long end, String text, boolean cut, Instant time) {}
