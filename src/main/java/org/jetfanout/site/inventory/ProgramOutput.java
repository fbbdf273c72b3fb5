package org.jetfanout.site.inventory;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.text.Quoted;

/**
 * Passes a program's output on to its reader, and keeps its beginning and its end for people who
 * want to know why the program failed. Another thread may ask for these.
 */
final class ProgramOutput extends FilterInputStream {
    private static final int KEPT = 4096;
    private static final int MOST_LINES = 5;
    private static final int LONGEST_LINE = 200;

    // Mutable state, guarded by this
    private final byte[] first = new byte[KEPT];

    /** A ring buffer. */
    private final byte[] last = new byte[KEPT];

    private long count;

    ProgramOutput(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        if (value >= 0) {
            keep(new byte[] {(byte) value}, 0, 1);
        }
        return value;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        int read = super.read(bytes, from, length);
        if (read > 0) {
            keep(bytes, from, read);
        }
        return read;
    }

    private synchronized void keep(byte[] bytes, int from, int length) {
        if (count < KEPT) {
            System.arraycopy(bytes, from, first, (int) count, (int) Math.min(length, KEPT - count));
        }
        for (int at = Math.max(0, length - KEPT); at < length; at++) {
            last[(int) ((count + at) % KEPT)] = bytes[from + at];
        }
        count += length;
    }

    /**
     * The first and last lines, harmless for a terminal. Lines that look like JSON are left out,
     * because they may hold secrets.
     */
    synchronized List<String> lines() {
        if (count <= KEPT) {
            List<String> all = shown(text(first, 0, (int) count));
            int more = all.size() - 2 * MOST_LINES;
            if (more <= 0) {
                return all;
            }
            return joined(
                    all.subList(0, MOST_LINES), all.subList(all.size() - MOST_LINES, all.size()));
        }
        int begin = (int) (count % KEPT);
        byte[] end = new byte[KEPT];
        System.arraycopy(last, begin, end, 0, KEPT - begin);
        System.arraycopy(last, 0, end, KEPT - begin, begin);
        List<String> head = shown(text(first, 0, KEPT));
        // the first line of the tail is incomplete
        String tail = text(end, 0, KEPT);
        List<String> rest = shown(tail.substring(tail.indexOf('\n') + 1));
        return joined(
                head.subList(0, Math.min(MOST_LINES, head.size())),
                rest.subList(Math.max(0, rest.size() - MOST_LINES), rest.size()));
    }

    private static List<String> joined(List<String> head, List<String> tail) {
        List<String> lines = new ArrayList<>(head);
        if (!head.isEmpty() || !tail.isEmpty()) {
            lines.add("…");
        }
        lines.addAll(tail);
        return lines;
    }

    private static List<String> shown(String text) {
        return text.lines()
                .filter(line -> !looksLikeJson(line))
                .map(ProgramOutput::shownLine)
                .toList();
    }

    private static boolean looksLikeJson(String line) {
        String text = line.strip();
        return text.isEmpty() || "{}[]\",".indexOf(text.charAt(0)) >= 0;
    }

    private static String shownLine(String line) {
        String shown = Quoted.visible(line.replace('\t', ' '));
        return shown.length() <= LONGEST_LINE ? shown : shown.substring(0, LONGEST_LINE) + "…";
    }

    private static String text(byte[] bytes, int from, int length) {
        return new String(bytes, from, length, StandardCharsets.UTF_8);
    }
}
