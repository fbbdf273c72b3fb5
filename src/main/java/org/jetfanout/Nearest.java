package org.jetfanout;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known name that a misspelt one most likely meant. */
public final class Nearest {
    private Nearest() {}

    /**
     * The known name with the fewest single-character edits from the given one, swapped neighbours
     * counted as one edit; among equals the first in alphabetical order. More than a third of the
     * longer one's letters wrong is no spelling mistake: then the first that begins with the name,
     * if any.
     */
    public static Optional<String> to(String name, Collection<String> known) {
        Optional<String> near =
                known.stream()
                        .filter(
                                other ->
                                        Math.abs(other.length() - name.length())
                                                <= most(name, other))
                        .map(other -> new Candidate(other, edits(name, other)))
                        .filter(candidate -> candidate.edits <= most(name, candidate.name))
                        .min(
                                Comparator.comparingInt(Candidate::edits)
                                        .thenComparing(Candidate::name))
                        .map(Candidate::name);
        return near.or(
                () ->
                        known.stream()
                                .filter(other -> !name.isEmpty() && other.startsWith(name))
                                .min(Comparator.naturalOrder()));
    }

    /** The end of an error message: {@code (nearest: 'threads')}, or nothing. */
    public static String hint(String name, Collection<String> known) {
        return to(name, known).map(nearest -> " (nearest: '" + nearest + "')").orElse("");
    }

    private record Candidate(String name, int edits) {}

    private static int most(String name, String other) {
        return Math.max(1, Math.max(name.length(), other.length()) / 3);
    }

    /** Characters to add, leave out, change, or swap with their neighbour; one row at a time. */
    private static int edits(String from, String to) {
        int[] before = new int[to.length() + 1];
        int[] above = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        for (int line = 0; line <= from.length(); line++) {
            for (int column = 0; column <= to.length(); column++) {
                if (line == 0 || column == 0) {
                    row[column] = line + column;
                    continue;
                }
                boolean same = from.charAt(line - 1) == to.charAt(column - 1);
                int least = above[column - 1] + (same ? 0 : 1);
                least = Math.min(least, 1 + Math.min(above[column], row[column - 1]));
                boolean swapped =
                        line > 1
                                && column > 1
                                && from.charAt(line - 1) == to.charAt(column - 2)
                                && from.charAt(line - 2) == to.charAt(column - 1);
                row[column] = swapped ? Math.min(least, 1 + before[column - 2]) : least;
            }
            int[] oldest = before;
            before = above;
            above = row;
            row = oldest;
        }
        return above[to.length()];
    }
}
