package org.jetfanout.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes secrets from text: passwords, tokens and keys. It uses patterns of its own ({@link
 * Secrets}) and those of the configuration. {@link #MARK} replaces each secret. Where a pattern
 * takes too long with a text, the whole text is replaced, because it may contain a secret. Applying
 * it twice gives the same as once. Thread-safe.
 */
public final class Redaction {
    /** The text that replaces a secret. */
    public static final String MARK = "[redacted]";

    private static final Redaction DEFAULTS = new Redaction(List.of());

    private final List<Pattern> more;

    private Redaction(List<Pattern> more) {
        this.more = more;
    }

    /** A redaction with its own patterns only. */
    public static Redaction defaults() {
        return DEFAULTS;
    }

    /**
     * A redaction with its own patterns and these.
     *
     * @param more patterns for secrets; the secret is what the first group matches, or the whole
     *     match in a pattern without groups
     */
    public static Redaction of(List<Pattern> more) {
        return new Redaction(List.copyOf(more));
    }

    /** The text without secrets. A text that has none is returned as the same object. */
    public String apply(String text) {
        String safe = Secrets.redacted(text);
        for (Pattern pattern : more) {
            safe = redacted(pattern, safe);
        }
        return safe;
    }

    /** The text with the mark in place of each match of one pattern. */
    public static String masked(Pattern pattern, String text) {
        return redacted(pattern, text);
    }

    /**
     * A redaction for the lines of one stream in their order. It finds private keys that take
     * several lines.
     */
    public Lines lines() {
        return new Lines(this);
    }

    private static String redacted(Pattern pattern, String text) {
        try {
            Matcher matcher = pattern.matcher(new BoundedText(text));
            if (!matcher.find()) {
                return text;
            }
            StringBuilder safe = new StringBuilder(text.length());
            int from = 0;
            do {
                // in a pattern with alternatives, the first group need not take part in the match
                int group = matcher.groupCount() > 0 && matcher.start(1) >= 0 ? 1 : 0;
                int begin = matcher.start(group);
                int end = matcher.end(group);
                if (begin >= from && end > begin && !text.startsWith(MARK, begin)) {
                    safe.append(text, from, begin).append(MARK);
                    from = end;
                }
            } while (matcher.find());
            return safe.append(text, from, text.length()).toString();
        } catch (BoundedText.TooLongException | StackOverflowError e) {
            return MARK;
        }
    }

    /** Removes secrets from the lines of one stream. Not thread-safe. */
    public static final class Lines {
        private final Redaction redaction;
        private final KeyBlock block = new KeyBlock();

        private Lines(Redaction redaction) {
            this.redaction = redaction;
        }

        /** The next line, without secrets. */
        public String apply(String line) {
            return block.isPart(line) ? MARK : redaction.apply(line);
        }
    }
}
