package org.jetfanout.job;

/**
 * The checksum of POSIX {@code cksum}, computed while bytes arrive. It also counts the bytes. Not
 * thread-safe.
 */
public final class Cksum {
    private static final int POLYNOMIAL = 0x04C11DB7;

    /** How many bytes are taken at once. Each of them has a table of its own. */
    private static final int SLICE = 8;

    private static final int[][] TABLES = tables();
    private static final int[] TABLE = TABLES[0];

    // Mutable state
    private int crc;
    private long size;

    /** Takes the next bytes. */
    public void add(byte[] bytes, int offset, int length) {
        int sum = crc;
        int end = offset + length;
        int i = offset;
        // all output passes here, and one byte at a time would be the slowest step
        for (; i <= end - SLICE; i += SLICE) {
            sum ^= bigEndian(bytes, i);
            int next = bigEndian(bytes, i + 4);
            sum =
                    TABLES[7][sum >>> 24]
                            ^ TABLES[6][sum >>> 16 & 0xFF]
                            ^ TABLES[5][sum >>> 8 & 0xFF]
                            ^ TABLES[4][sum & 0xFF]
                            ^ TABLES[3][next >>> 24]
                            ^ TABLES[2][next >>> 16 & 0xFF]
                            ^ TABLES[1][next >>> 8 & 0xFF]
                            ^ TABLES[0][next & 0xFF];
        }
        for (; i < end; i++) {
            sum = (sum << 8) ^ TABLE[(sum >>> 24) ^ (bytes[i] & 0xFF)];
        }
        crc = sum;
        size += length;
    }

    /** Takes the next bytes. */
    public void add(byte[] bytes) {
        add(bytes, 0, bytes.length);
    }

    /** How many bytes there were so far. */
    public long size() {
        return size;
    }

    /** The checksum of the bytes so far, as {@code cksum} prints it. */
    public long value() {
        int sum = crc;
        for (long rest = size; rest != 0; rest >>>= 8) {
            sum = (sum << 8) ^ TABLE[(sum >>> 24) ^ (int) (rest & 0xFF)];
        }
        return ~sum & 0xFFFFFFFFL;
    }

    /** A copy, which continues independently. */
    public Cksum copy() {
        Cksum copy = new Cksum();
        copy.crc = crc;
        copy.size = size;
        return copy;
    }

    private static int bigEndian(byte[] bytes, int at) {
        return bytes[at] << 24
                | (bytes[at + 1] & 0xFF) << 16
                | (bytes[at + 2] & 0xFF) << 8
                | (bytes[at + 3] & 0xFF);
    }

    /** For each byte: its effect on the checksum when 0, 1, … more bytes follow it. */
    private static int[][] tables() {
        int[][] tables = new int[SLICE][256];
        for (int i = 0; i < 256; i++) {
            int sum = i << 24;
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum << 1) ^ (sum < 0 ? POLYNOMIAL : 0);
            }
            tables[0][i] = sum;
        }
        for (int more = 1; more < SLICE; more++) {
            for (int i = 0; i < 256; i++) {
                int sum = tables[more - 1][i];
                tables[more][i] = (sum << 8) ^ tables[0][sum >>> 24];
            }
        }
        return tables;
    }
}
