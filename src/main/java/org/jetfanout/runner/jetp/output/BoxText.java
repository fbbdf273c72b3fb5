package org.jetfanout.runner.jetp.output;

import java.util.ArrayList;
import java.util.List;
import org.jetfanout.runner.PlainText;

/**
 * Joins the folded text in a box of lines. jetp folds at blanks and before commas, and within a
 * word that is longer than a line. Some builds of jetp fold anywhere. Memory is bounded. Not
 * thread-safe.
 */
final class BoxText {
    private static final int MOST_LINES = 64;

    // Mutable state
    private final List<String> parts = new ArrayList<>();

    /** Adds a line of the box, with its borders. */
    void add(String line) {
        if (parts.size() < MOST_LINES) {
            int end = line.lastIndexOf('│');
            parts.add(end > 0 ? line.substring(1, end) : line.substring(1));
        }
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    String text() {
        // where all lines but the last are full, this build folds anywhere
        boolean anywhere =
                parts.size() > 2
                        && parts.subList(0, parts.size() - 1).stream().allMatch(BoxText::isFull);
        StringBuilder text = new StringBuilder();
        String before = "";
        for (String part : parts) {
            String word = PlainText.line(part);
            boolean goesOn =
                    anywhere
                            || word.startsWith(",")
                            || (isFull(before) && before.strip().indexOf(' ') < 0);
            text.append(text.isEmpty() || goesOn ? "" : " ").append(word);
            before = part;
        }
        return text.toString();
    }

    private static boolean isFull(String part) {
        return !part.isEmpty() && !part.endsWith(" ");
    }
}
