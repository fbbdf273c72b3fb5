package org.jetfanout.site.inventory;

import java.util.Comparator;

/**
 * The order of host names for people: numbers in them count as numbers, so {@code web9} comes
 * before {@code web10}, and {@link HostRanges} can fold them.
 */
public final class HostOrder implements Comparator<String> {
    @Override
    public int compare(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() && j < b.length()) {
            if (isDigit(a.charAt(i)) && isDigit(b.charAt(j))) {
                int endA = endOfNumber(a, i);
                int endB = endOfNumber(b, j);
                int difference = numbers(a.substring(i, endA), b.substring(j, endB));
                if (difference != 0) {
                    return difference;
                }
                i = endA;
                j = endB;
            } else if (a.charAt(i) != b.charAt(j)) {
                return Character.compare(a.charAt(i), b.charAt(j));
            } else {
                i++;
                j++;
            }
        }
        return Integer.compare(a.length() - i, b.length() - j);
    }

    private static int numbers(String a, String b) {
        String bareA = withoutZeros(a);
        String bareB = withoutZeros(b);
        int difference = Integer.compare(bareA.length(), bareB.length());
        difference = difference != 0 ? difference : bareA.compareTo(bareB);
        return difference != 0 ? difference : Integer.compare(a.length(), b.length());
    }

    private static String withoutZeros(String digits) {
        int at = 0;
        while (at < digits.length() - 1 && digits.charAt(at) == '0') {
            at++;
        }
        return digits.substring(at);
    }

    private static int endOfNumber(String text, int from) {
        int at = from;
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
