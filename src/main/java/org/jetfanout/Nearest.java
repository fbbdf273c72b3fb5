package org.jetfanout;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known name that a misspelt one most likely meant. */
public final class Nearest {
    private Nearest() {}

    /**
     * The known name with the fewest single-character edits from the given one; among equals the
     * first in alphabetical order. Empty where nothing is known.
     */
    public static Optional<String> to(String name, Collection<String> known) {
        return known.stream()
                .min(
                        Comparator.comparingInt((String other) -> edits(name, other))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /** The end of an error message: {@code (nearest: 'threads')}, or nothing. */
    public static String hint(String name, Collection<String> known) {
        return to(name, known).map(nearest -> " (nearest: '" + nearest + "')").orElse("");
    }

    /** Levenshtein's distance: insertions, deletions and replacements, one row at a time. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int column = 0; column < row.length; column++) {
            row[column] = column;
        }
        for (int line = 1; line <= from.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column < row.length; column++) {
                int replaced = diagonal + (from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(replaced, 1 + Math.min(row[column - 1], diagonal));
            }
        }
        return row[to.length()];
    }
}
