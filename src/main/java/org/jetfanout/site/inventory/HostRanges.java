package org.jetfanout.site.inventory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Shortens host names for people: {@code web001, web002, web003} becomes {@code web[001-003]}. It
 * takes the names in their order. Neighbours that differ only in one number, always the same one,
 * become one range.
 */
public final class HostRanges {
    private static final int MOST_DIGITS = 18;

    private final StringBuilder text = new StringBuilder();
    private final int most;

    // Mutable state
    /** The host added last, as texts and numbers in turn, beginning with a text. */
    private List<String> last = List.of();

    /**
     * The index in it of the number that varies; -1 while there is one host only, so that any
     * number may.
     */
    private int varies = -1;

    private StringBuilder ranges = new StringBuilder();
    private String from = "";
    private String to = "";

    /** How many ranges and single names are complete. */
    private int parts;

    private HostRanges(int most) {
        this.most = most;
    }

    /** All hosts, for example {@code web[001-400].example.com,db1}. */
    public static String fold(Collection<String> hosts) {
        return fold(hosts, Integer.MAX_VALUE);
    }

    /**
     * The first hosts only, for errors.
     *
     * @param most how many names and ranges are shown; {@code … and 1234 more} (hosts) stands for
     *     the rest
     */
    public static String fold(Collection<String> hosts, int most) {
        HostRanges ranges = new HostRanges(most);
        int taken = 0;
        for (String host : hosts) {
            if (!ranges.add(host)) {
                break;
            }
            taken++;
        }
        ranges.close();
        int more = hosts.size() - taken;
        return ranges.text + (more == 0 ? "" : " … and " + more + " more");
    }

    private boolean add(String host) {
        List<String> next = split(InventoryNames.visible(host));
        int differs = last.isEmpty() ? -1 : onlyDifference(last, next);
        if (differs >= 0 && (varies < 0 || varies == differs)) {
            if (varies < 0) {
                varies = differs;
                from = last.get(differs);
                to = from;
            }
            String number = next.get(differs);
            if (Long.parseLong(number) != Long.parseLong(to) + 1) {
                if (parts + 1 >= most) {
                    return false;
                }
                closeRange();
                from = number;
            }
            to = number;
        } else {
            if (!last.isEmpty() && parts + 1 >= most) {
                return false;
            }
            close();
            varies = -1;
        }
        last = next;
        return true;
    }

    private void closeRange() {
        ranges.append(ranges.length() == 0 ? "" : ",").append(from);
        if (!from.equals(to)) {
            ranges.append('-').append(to);
        }
        parts++;
    }

    private void close() {
        if (last.isEmpty()) {
            return;
        }
        text.append(text.length() == 0 ? "" : ",");
        if (varies < 0) {
            text.append(String.join("", last));
            parts++;
        } else {
            closeRange();
            text.append(String.join("", last.subList(0, varies)))
                    .append('[')
                    .append(ranges)
                    .append(']')
                    .append(String.join("", last.subList(varies + 1, last.size())));
            ranges = new StringBuilder();
        }
    }

    /**
     * The index of the one number in which the names differ; -1 where they differ in another way.
     */
    private static int onlyDifference(List<String> a, List<String> b) {
        if (a.size() != b.size()) {
            return -1;
        }
        int found = -1;
        for (int i = 0; i < a.size(); i++) {
            if (!a.get(i).equals(b.get(i))) {
                if (i % 2 == 0 || found >= 0 || !sameStyle(a.get(i), b.get(i))) {
                    return -1;
                }
                found = i;
            }
        }
        return found;
    }

    /** Whether both numbers are padded with zeros to the same width, or neither is padded. */
    private static boolean sameStyle(String a, String b) {
        return a.length() == b.length() || (a.charAt(0) != '0' && b.charAt(0) != '0');
    }

    private static List<String> split(String host) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        int i = 0;
        while (i < host.length()) {
            int digits = i;
            while (digits < host.length() && isDigit(host.charAt(digits))) {
                digits++;
            }
            if (digits > i && digits - i <= MOST_DIGITS) {
                parts.add(host.substring(start, i));
                parts.add(host.substring(i, digits));
                start = digits;
            }
            i = Math.max(digits, i + 1);
        }
        parts.add(host.substring(start));
        return parts;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
