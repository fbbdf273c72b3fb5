package org.jetfanout.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds values by names that mean a secret: {@code password=…}, {@code "api_key": "…"}, {@code
 * --token …}, {@code Authorization: …}, {@code <secret>…</secret>}. It looks at each character only
 * a few times. Pure functions: thread-safe.
 */
final class NamedSecrets {
    private static final Pattern WORD =
            Pattern.compile(
                    "pass(?:word|wd|phrase|code)|(?<=[_-])(?:pass|pwd)|secret|token|api[_-]?key"
                            + "|(?:access|private)[_-]?key|credential|authorization",
                    Pattern.CASE_INSENSITIVE);

    /** The longest part of a name before or after such a word. */
    private static final int LONGEST_REST = 40;

    private static final int MOST_BLANKS = 8;

    private final String text;
    private final StringBuilder safe;

    // Mutable state
    private int copied;

    private NamedSecrets(String text) {
        this.text = text;
        this.safe = new StringBuilder(text.length());
    }

    static String redacted(String text) {
        Matcher word = WORD.matcher(text);
        return word.find() ? new NamedSecrets(text).redacted(word) : text;
    }

    private String redacted(Matcher word) {
        do {
            boolean header =
                    Character.toLowerCase(text.charAt(word.end() - 1)) == 'n'
                            && word.end() - word.start() == "authorization".length();
            int value = value(word.start(), word.end());
            if (value >= copied && value < text.length()) {
                take(value, header);
            }
        } while (word.find(Math.max(copied, word.end())));
        return safe.append(text, copied, text.length()).toString();
    }

    /**
     * The index at which the value of a name begins, with or without quotes; -1 where there is
     * none.
     */
    private int value(int wordBegin, int wordEnd) {
        int at = wordEnd;
        int most = Math.min(text.length(), wordEnd + LONGEST_REST);
        while (at < most && isNamePart(text.charAt(at))) {
            at++;
        }
        int name = at;
        // {"password": …, \"password\": …, ['password'] = …
        for (int i = 0;
                i < 4 && at < text.length() && "\"'\\]".indexOf(text.charAt(at)) >= 0;
                i++) {
            at++;
        }
        at = afterBlanks(at);
        int mark = at;
        while (at < text.length() && at - mark < 3 && ":=>".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at > mark) {
            return afterBlanks(at);
        }
        boolean option = at > name && at < text.length() && isOption(wordBegin);
        return option ? at : -1;
    }

    /** Whether the name is an option of a command: {@code --db-password}. */
    private boolean isOption(int wordBegin) {
        int at = wordBegin;
        int least = Math.max(0, wordBegin - LONGEST_REST);
        while (at > least && isNamePart(text.charAt(at - 1))) {
            at--;
        }
        return text.startsWith("--", at);
    }

    private int afterBlanks(int from) {
        int at = from;
        int most = Math.min(text.length(), from + MOST_BLANKS);
        while (at < most && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    /** Replaces a value by the mark. Its quotes stay. */
    private void take(int value, boolean header) {
        int begin = value;
        int end;
        char first = text.charAt(value);
        if (text.startsWith("\\\"", value) || text.startsWith("\\'", value)) {
            begin = value + 2;
            int close = text.indexOf(text.substring(value, begin), begin);
            end = close < 0 ? text.length() : close;
        } else if (first == '"' || first == '\'') {
            begin = value + 1;
            end = closing(begin, first);
        } else if (first == '{' || first == '[') {
            end = text.startsWith(Redaction.MARK, value) ? value : balanced(value);
        } else {
            end = unquoted(value, header);
        }
        if (end > begin && !text.startsWith(Redaction.MARK, begin)) {
            safe.append(text, copied, begin).append(Redaction.MARK);
            copied = end;
        }
    }

    /** The index of the closing quote, or of the end. */
    private int closing(int from, char quote) {
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == quote) {
                return at;
            }
        }
        return text.length();
    }

    /** The index after the closing bracket, or the end of the line. */
    private int balanced(int from) {
        int depth = 0;
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                at = closing(at + 1, c);
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth--;
                if (depth == 0) {
                    return at + 1;
                }
            } else if (c == '\n') {
                return at;
            }
        }
        return text.length();
    }

    /**
     * The index at which a value without quotes ends: a blank. The value of a header may contain
     * blanks, so it ends at a quote or at the end of the line.
     */
    private int unquoted(int from, boolean header) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean ends =
                    c == '"'
                            || c == '\''
                            || c == '\n'
                            || (!header && (c <= ' ' || c == '&' || c == '<'));
            if (ends) {
                break;
            }
            at++;
        }
        return at;
    }

    private static boolean isNamePart(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '-'
                || c == '.';
    }
}
