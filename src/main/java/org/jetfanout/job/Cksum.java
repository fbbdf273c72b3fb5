package org.jetfanout.job;

/**
 * The checksum of POSIX {@code cksum}, computed as bytes come. Knows how many bytes there were. Not
 * thread-safe.
 */
public final class Cksum {
    private static final int POLYNOMIAL = 0x04C11DB7;
    private static final int[] TABLE = table();

    // Mutable state
    private int crc;
    private long size;

    /** Takes the next bytes. */
    public void add(byte[] bytes, int offset, int length) {
        int sum = crc;
        for (int i = offset; i < offset + length; i++) {
            sum = (sum << 8) ^ TABLE[(sum >>> 24) ^ (bytes[i] & 0xFF)];
        }
        crc = sum;
        size += length;
    }

    /** Takes the next bytes. */
    public void add(byte[] bytes) {
        add(bytes, 0, bytes.length);
    }

    /** Number of bytes so far. */
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

    /** One that goes on from here by itself. */
    public Cksum copy() {
        Cksum copy = new Cksum();
        copy.crc = crc;
        copy.size = size;
        return copy;
    }

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int sum = i << 24;
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum << 1) ^ (sum < 0 ? POLYNOMIAL : 0);
            }
            table[i] = sum;
        }
        return table;
    }
}
