package org.jetfanout.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Finds the known name that a misspelt one most likely means. jet-fanout's own keywords are few and
 * differ much, so the nearest one is suggested. Names of groups or workers come from people and
 * often differ in one letter or digit only, so one is suggested only for a plain typing error.
 */
public final class NearestName {
    /** The least letters of a word in which two swapped letters count as a typing error. */
    private static final int LEAST_SWAPPED = 3;

    /** The least letters of a word in which one letter more or less counts as a typing error. */
    private static final int LEAST_ADDED = 4;

    /**
     * The least letters of a word in which one wrong letter counts as a typing error: "east" is not
     * one for "last".
     */
    private static final int LEAST_REPLACED = 6;

    private static final Pattern PART = Pattern.compile("\\p{L}+|[0-9]+");

    private NearestName() {}

    /**
     * The known name with the fewest edits of one character. Two swapped neighbours count as one
     * edit, and among equals the first in alphabetical order wins. Where more than a third of the
     * longer word's letters are wrong, it is no spelling mistake. Then the first known name that
     * begins with the given one is taken, if there is any.
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

    /** The end of an error message: {@code (nearest: 'threads')}; empty where no name is near. */
    public static String hint(String name, Collection<String> known) {
        return to(name, known).map(nearest -> " (nearest: '" + nearest + "')").orElse("");
    }

    /**
     * The known name that people gave and that differs from this one by a typing error only: in
     * upper and lower case, in its separators, or in one letter of one word. The digits must be the
     * same, and the word must be long enough. Empty where two names are possible.
     */
    public static Optional<String> toName(String name, Collection<String> known) {
        List<String> parts = parts(name);
        List<String> near =
                known.stream()
                        .filter(other -> isSlip(parts, parts(other)))
                        .distinct()
                        .limit(2)
                        .toList();
        return near.size() == 1 ? Optional.of(near.get(0)) : Optional.empty();
    }

    /** The end of an error message about a name that people gave; empty where no name is near. */
    public static String nameHint(String name, Collection<String> known) {
        return toName(name, known).map(nearest -> " (nearest: '" + nearest + "')").orElse("");
    }

    private static List<String> parts(String name) {
        return PART.matcher(name.toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    private static boolean isSlip(List<String> parts, List<String> others) {
        if (parts.isEmpty() || parts.size() != others.size()) {
            return !parts.isEmpty() && String.join("", parts).equals(String.join("", others));
        }
        int slips = 0;
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            String other = others.get(i);
            if (!part.equals(other)) {
                slips++;
                if (Character.isDigit(part.charAt(0))
                        || Character.isDigit(other.charAt(0))
                        || Math.max(part.length(), other.length()) < least(part, other)
                        || Math.abs(part.length() - other.length()) > 1
                        || edits(part, other) > 1) {
                    return false;
                }
            }
        }
        return slips <= 1;
    }

    /**
     * How many letters the longer of two words must have at least, so that their difference counts
     * as a typing error.
     */
    private static int least(String part, String other) {
        if (part.length() != other.length()) {
            return LEAST_ADDED;
        }
        int differ = 0;
        for (int i = 0; i < part.length(); i++) {
            differ += part.charAt(i) == other.charAt(i) ? 0 : 1;
        }
        return differ == 1 ? LEAST_REPLACED : LEAST_SWAPPED;
    }

    private record Candidate(String name, int edits) {}

    private static int most(String name, String other) {
        return Math.max(1, Math.max(name.length(), other.length()) / 3);
    }

    /**
     * The number of edits: characters to add, remove, change, or swap with their neighbour. The
     * matrix is computed row by row.
     */
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
