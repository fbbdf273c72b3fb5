package org.jetfanout.job;

import org.jetfanout.runner.PlainText;
import org.jetfanout.text.Text;

/**
 * Output in a connection that our script did not write: it comes from login scripts and the
 * processes that they leave running. It is counted, and its end is kept for messages. Not
 * thread-safe.
 */
final class ForeignOutput {
    /** How many bytes are kept. */
    private static final int KEPT = 4 << 10;

    // Mutable state
    private byte[] last = new byte[0];
    private long size;

    void add(byte[] bytes, int from, int to) {
        if (from == to) {
            return;
        }
        size += to - from;
        int begin = Math.max(from, to - KEPT);
        int kept = Math.min(last.length, KEPT - (to - begin));
        byte[] now = new byte[kept + to - begin];
        System.arraycopy(last, last.length - kept, now, 0, kept);
        System.arraycopy(bytes, begin, now, kept, to - begin);
        last = now;
    }

    /** How many bytes there were so far. */
    long size() {
        return size;
    }

    /** The last line that is not empty; empty where there is none. */
    String lastLine() {
        return Text.decode(last)
                .lines()
                .map(PlainText::ofWorker)
                .filter(line -> !line.isEmpty())
                .reduce((first, second) -> second)
                .orElse("");
    }
}
