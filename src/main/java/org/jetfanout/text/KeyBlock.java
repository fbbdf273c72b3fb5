package org.jetfanout.text;

/**
 * Finds the lines of a stream that are inside a private key (PEM, RFC 7468: {@code -----BEGIN …
 * PRIVATE KEY-----} to {@code -----END …}). Other lines may come between them. Not thread-safe.
 */
public final class KeyBlock {
    static final String BEGIN = "-----BEGIN ";
    static final String END = "-----END ";

    private static final String KEY = "PRIVATE KEY";
    private static final int LONGEST_LABEL = 64;

    /** A key of 16,384 bits has some 200 lines. */
    private static final int MOST_LINES = 400;

    /** A shorter word may belong to a line that is not part of the key. */
    private static final int LEAST_KEY = 16;

    // Mutable state
    private int left;

    /** Whether the next line shows nothing but a part of a key. */
    public boolean isPart(String line) {
        if (left == 0) {
            left = beginsKey(line) ? MOST_LINES : 0;
            return false;
        }
        left--;
        if (line.contains(END)) {
            left = 0;
            return true;
        }
        return isKeyText(line);
    }

    /** The end of the label that begins here, where it is the label of a private key; else -1. */
    static int endOfKeyLabel(String text, int from) {
        String label = text.substring(from, Math.min(text.length(), from + LONGEST_LABEL));
        int key = label.indexOf(KEY);
        int dashes = label.indexOf("-----");
        return key >= 0 && (dashes < 0 || key < dashes) ? from + key + KEY.length() : -1;
    }

    /** Whether a key begins in this text and does not end in it. */
    private static boolean beginsKey(String line) {
        if (!line.contains(BEGIN)) {
            return false;
        }
        int begin = line.lastIndexOf(BEGIN);
        return endOfKeyLabel(line, begin + BEGIN.length()) >= 0 && line.indexOf(END, begin) < 0;
    }

    private static boolean isKeyText(String line) {
        String text = line.strip();
        if (text.startsWith("Proc-Type:") || text.startsWith("DEK-Info:")) {
            return true;
        }
        int run = 0;
        boolean all = !text.isEmpty();
        for (int i = 0; i < text.length(); i++) {
            if (isBase64(text.charAt(i))) {
                run++;
                if (run >= LEAST_KEY) {
                    return true;
                }
            } else {
                run = 0;
                all = false;
            }
        }
        return all;
    }

    private static boolean isBase64(char c) {
        return (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || c == '+'
                || c == '/'
                || c == '=';
    }
}
