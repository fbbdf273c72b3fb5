package org.jetfanout.text;

/**
 * A set of groups of four characters. One pass over a text finds whether it contains any of them,
 * in upper or lower case. Immutable.
 */
final class Signs {
    private static final int SIZE = 1 << 12;
    private static final byte[] LOWER = lower();

    private final int[] table = new int[SIZE];

    /**
     * @param signs groups of four ASCII characters in lower case, separated by blanks
     * @param beginnings groups of three, whose fourth character may be any letter or digit
     */
    Signs(String signs, String beginnings) {
        for (String sign : signs.split(" ", -1)) {
            add(sign);
        }
        for (String beginning : beginnings.split(" ", -1)) {
            for (char c : "abcdefghijklmnopqrstuvwxyz0123456789".toCharArray()) {
                add(beginning + c);
            }
        }
    }

    private void add(String sign) {
        if (sign.length() != 4) {
            throw new IllegalArgumentException("not of four characters: " + sign);
        }
        int group = 0;
        for (int i = 0; i < 4; i++) {
            group = (group << 8) | sign.charAt(i);
        }
        int at = place(group);
        while (table[at] != 0 && table[at] != group) {
            at = (at + 1) & (SIZE - 1);
        }
        table[at] = group;
    }

    /** Whether the text contains one of the groups. */
    boolean standIn(String text) {
        int group = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            group = (group << 8) | (c < 0x80 ? LOWER[c] : 0);
            int at = place(group);
            while (table[at] != 0) {
                if (table[at] == group) {
                    return true;
                }
                at = (at + 1) & (SIZE - 1);
            }
        }
        return false;
    }

    private static int place(int group) {
        return (group * 0x9e3779b1) >>> 20;
    }

    private static byte[] lower() {
        byte[] lower = new byte[0x80];
        for (int c = 0; c < lower.length; c++) {
            lower[c] = (byte) (c >= 'A' && c <= 'Z' ? c + 0x20 : c);
        }
        return lower;
    }
}
