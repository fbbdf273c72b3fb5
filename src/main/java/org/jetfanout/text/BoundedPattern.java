package org.jetfanout.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of somebody who is not trusted. With a text that it would look at for ever,
 * it gives up. Thread-safe.
 */
public final class BoundedPattern {
    private final Pattern pattern;

    private BoundedPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** The expression took too long with a text. */
    public static final class TooSlow extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooSlow() {
            super("the pattern takes too long with a line", null, false, false);
        }
    }

    /**
     * The pattern that an expression means.
     *
     * @throws IllegalArgumentException where it is no regular expression; the message says why, in
     *     one line
     */
    public static BoundedPattern of(String expression) {
        try {
            return new BoundedPattern(Pattern.compile(expression));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "the pattern is not a regular expression: " + e.getDescription(), e);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException("the pattern is nested too deeply", e);
        }
    }

    /**
     * Whether the expression matches a part of the text.
     *
     * @throws TooSlow where it gave up
     */
    public boolean finds(String text) {
        try {
            Matcher matcher = pattern.matcher(new BoundedText(text));
            return matcher.find();
        } catch (BoundedText.TooLongException | StackOverflowError e) {
            throw new TooSlow();
        }
    }

    /**
     * Whether the expression matches the whole text.
     *
     * @throws TooSlow where it gave up
     */
    public boolean matches(String text) {
        try {
            return pattern.matcher(new BoundedText(text)).matches();
        } catch (BoundedText.TooLongException | StackOverflowError e) {
            throw new TooSlow();
        }
    }

    /** The expression. */
    @Override
    public String toString() {
        return pattern.pattern();
    }
}
