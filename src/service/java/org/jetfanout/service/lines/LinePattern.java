package org.jetfanout.service.lines;

import java.util.Optional;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.text.BoundedPattern;

/** A pattern that somebody searches lines with. */
final class LinePattern {
    private LinePattern() {}

    /** The pattern; empty where the text is. */
    static Optional<BoundedPattern> of(String expression) {
        if (expression.length() > LinesFilter.LONGEST_PATTERN) {
            throw new RefusedException(400, "the pattern is too long");
        }
        try {
            return expression.isEmpty()
                    ? Optional.empty()
                    : Optional.of(BoundedPattern.of(expression));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, e.getMessage());
        }
    }
}
