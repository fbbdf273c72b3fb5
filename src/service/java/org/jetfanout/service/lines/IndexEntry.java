package org.jetfanout.service.lines;

import java.nio.ByteBuffer;

/**
 * Where a line is, and what is known of it without its text: sixteen bytes in the index. Of the
 * first eight, 20 bits are the number of the batch, 4 are marks, and 40 are the offset in the
 * batch's text. Of the others, 40 bits are the time in milliseconds since the run was created, and
 * 24 are the number of the host in the batch.
 *
 * @param batch its number in the index, from 0
 * @param offset of the line's first byte
 * @param millis since the run was created
 * @param host its number in the batch, from 1; 0 for none
 * @param level 0 for information, 1 for a warning, 2 for an error
 * @param hidden whether the whole line is a part of a private key
 * @param cut whether the line continues in the next one
 */
record IndexEntry(
        int batch, long offset, long millis, int host, int level, boolean hidden, boolean cut) {
    static final int BYTES = 16;
    static final int MOST_BATCHES = 1 << 20;

    private static final int HIDDEN = 4;
    private static final int CUT = 8;
    private static final long OFFSETS = (1L << 40) - 1;
    private static final int HOSTS = (1 << 24) - 1;

    void write(ByteBuffer to) {
        long marks = level | (hidden ? HIDDEN : 0) | (cut ? CUT : 0);
        to.putLong(((long) batch << 44) | (marks << 40) | (offset & OFFSETS));
        to.putLong((Math.max(0, Math.min(OFFSETS, millis)) << 24) | (host & HOSTS));
    }

    static IndexEntry read(ByteBuffer from) {
        long place = from.getLong();
        long rest = from.getLong();
        int marks = (int) (place >>> 40) & 15;
        return new IndexEntry(
                (int) (place >>> 44),
                place & OFFSETS,
                rest >>> 24,
                (int) rest & HOSTS,
                marks & 3,
                (marks & HIDDEN) != 0,
                (marks & CUT) != 0);
    }
}
