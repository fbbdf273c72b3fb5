package org.jetfanout.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of text: passwords, tokens, keys, by patterns of its own ({@link Secrets}) and
 * more by configuration. What is taken out is replaced by {@link #MARK}. A pattern that does not
 * come to an end with a text takes the whole text with it: rather too little is shown than a
 * secret. Applied twice it changes nothing more. Thread-safe.
 */
public final class Redaction {
    /** What stands in the place of a secret. */
    public static final String MARK = "[redacted]";

    private static final Redaction DEFAULTS = new Redaction(List.of());

    private final List<Pattern> more;

    private Redaction(List<Pattern> more) {
        this.more = more;
    }

    /** The own patterns alone. */
    public static Redaction defaults() {
        return DEFAULTS;
    }

    /**
     * The own patterns and more.
     *
     * @param more what each finds is a secret; of one with groups, what its first group finds
     */
    public static Redaction of(List<Pattern> more) {
        return new Redaction(List.copyOf(more));
    }

    /** The text without secrets; one without any comes back as the same object. */
    public String apply(String text) {
        String safe = Secrets.redacted(text);
        for (Pattern pattern : more) {
            safe = redacted(pattern, safe);
        }
        return safe;
    }

    /** A text with a mark in place of what one pattern finds. */
    public static String masked(Pattern pattern, String text) {
        return redacted(pattern, text);
    }

    /** For the lines of one stream, in order: knows of a private key that goes over several. */
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
                // of alternatives, the first group need not be part of what was found
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

    /** Lines of one stream. Not thread-safe. */
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
