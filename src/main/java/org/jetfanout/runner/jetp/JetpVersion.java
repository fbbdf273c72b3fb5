package org.jetfanout.runner.jetp;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jetfanout.runner.PlainText;

/**
 * Finds jetp's version in its output: a line, or in later builds a table with blank lines and
 * borders. Pure functions.
 */
final class JetpVersion {
    /** Titles of the table rows that distinguish versions. */
    private static final List<String> TITLES = List.of("build", "version");

    private JetpVersion() {}

    /**
     * The version in one line; empty where there is none.
     *
     * @param text all that the runner printed
     */
    static String of(String text) {
        List<List<String>> rows =
                text.lines().map(JetpVersion::cells).filter(cells -> !cells.isEmpty()).toList();
        if (rows.isEmpty()) {
            return "";
        }
        List<String> first = rows.get(0);
        return rows.stream()
                .skip(1)
                .filter(row -> TITLES.contains(row.get(0).toLowerCase(Locale.ROOT)))
                .findFirst()
                .map(row -> first.get(0) + " " + String.join(" ", row))
                .orElseGet(() -> String.join(" ", first));
    }

    /** The cells of a table row. */
    private static List<String> cells(String line) {
        // characters from U+2500 on draw boxes
        return Stream.of(PlainText.line(line).split("[\\u2500-\\u257f|]+"))
                .map(String::strip)
                .filter(cell -> cell.codePoints().anyMatch(Character::isLetterOrDigit))
                .toList();
    }
}
