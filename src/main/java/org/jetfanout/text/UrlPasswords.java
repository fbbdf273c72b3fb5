package org.jetfanout.text;

/** Finds passwords in URLs: {@code scheme://user:password@host}. Pure functions: thread-safe. */
final class UrlPasswords {
    private static final String MARK = "://";

    /** The longest user name and password. */
    private static final int LONGEST = 1024;

    /** A user name of this length or more is a token. */
    private static final int TOKEN = 20;

    private UrlPasswords() {}

    /** A quick check. False only where the text surely contains no URL with a password. */
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

    /** The index at which the password or the token begins, or -1. */
    private static int secret(String text, int begin, int at) {
        int colon = text.indexOf(':', begin);
        if (colon >= 0 && colon < at) {
            return colon + 1 < at ? colon + 1 : -1;
        }
        return at - begin >= TOKEN ? begin : -1;
    }

    /**
     * The index of the {@code @} before the host's name, or -1. It is the last one before the path
     * begins. A password may contain a slash, although it must not, but a port with a path is no
     * password.
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
