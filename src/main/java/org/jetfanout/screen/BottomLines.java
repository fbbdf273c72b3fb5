package org.jetfanout.screen;

import java.util.List;
import org.jetfanout.text.Text;

/**
 * Lines at the bottom of a terminal that are redrawn in place. This class makes the text to write
 * for that. The cursor stands below the last line. Not thread-safe.
 */
final class BottomLines {
    private static final String ERASE_TO_END_OF_LINE = "\u001b[K";
    private static final String ERASE_BELOW = "\u001b[J";

    // Mutable state
    private List<String> drawn = List.of();

    /** The lines that are drawn now. */
    List<String> lines() {
        return drawn;
    }

    /**
     * Draws these lines over the old ones. Only lines that are left over are erased, so nothing
     * flickers.
     *
     * @param next none of them wider than the terminal
     */
    void draw(StringBuilder screen, List<String> next) {
        moveUp(screen, drawn.size());
        for (String line : next) {
            screen.append(line).append(ERASE_TO_END_OF_LINE).append("\r\n");
        }
        screen.append(ERASE_BELOW);
        drawn = List.copyOf(next);
    }

    /**
     * Erases the lines.
     *
     * @param columns the terminal's width now; where it became narrower, it has wrapped the lines
     */
    void erase(StringBuilder screen, int columns) {
        int rows = 0;
        for (String line : drawn) {
            int width = Columns.width(Text.plain(line));
            rows += Math.max(1, (width + columns - 1) / columns);
        }
        if (rows > 0) {
            moveUp(screen, rows);
            screen.append(ERASE_BELOW);
        }
        drawn = List.of();
    }

    private static void moveUp(StringBuilder screen, int rows) {
        if (rows > 0) {
            screen.append("\r\u001b[").append(rows).append('A');
        }
    }
}
