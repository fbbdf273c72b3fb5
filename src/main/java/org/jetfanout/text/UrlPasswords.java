package org.jetfanout.text;

/** Passwords in addresses: {@code scheme://user:password@host}. Pure functions: thread-safe. */
final class UrlPasswords {
    private static final String MARK = "://";

    /** Longest user and password. */
    private static final int LONGEST = 1024;

    /** A user's name that is so long is a token. */
    private static final int TOKEN = 20;

    private UrlPasswords() {}

    /** A quick look. */
    static boolean mayStandIn(String text) {
        return text.indexOf('@') >= 0 && text.contains(MARK);
    }

    static String redacted(String text) {
        if (!mayStandIn(text)) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length());
        int from = 0;
        int mark = text.indexOf(MARK);
        while (mark >= 0) {
            int begin = mark + MARK.length();
            int at = endOfPassword(text, begin);
            int secret = at < 0 ? -1 : secret(text, begin, at);
            if (secret >= 0 && !text.startsWith(Redaction.MARK, secret)) {
                safe.append(text, from, secret).append(Redaction.MARK);
                from = at;
            }
            mark = text.indexOf(MARK, Math.max(begin, from));
        }
        return safe.append(text, from, text.length()).toString();
    }

    /** Where the password or the token begins, or -1. */
    private static int secret(String text, int begin, int at) {
        int colon = text.indexOf(':', begin);
        if (colon >= 0 && colon < at) {
            return colon + 1 < at ? colon + 1 : -1;
        }
        return at - begin >= TOKEN ? begin : -1;
    }

    /**
     * Place of the {@code @} before the host's name, or -1: the last one before the path begins; a
     * password that holds a slash although it must not is one too, a port with a path is none.
     */
    private static int endOfPassword(String text, int begin) {
        int end = Math.min(text.length(), begin + LONGEST);
        int found = -1;
        int colon = -1;
        boolean path = false;
        for (int i = begin; i < end; i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>') {
                break;
            }
            if (c == '@') {
                found = i;
                if (path) {
                    break;
                }
            } else if (c == ':' && colon < 0) {
                colon = i;
            } else if (c == '/' || c == '?' || c == '#') {
                if (found >= 0 || colon < 0 || isPort(text, colon + 1, i)) {
                    break;
                }
                path = true;
            }
        }
        return found;
    }

    private static boolean isPort(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
