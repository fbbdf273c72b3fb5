package org.jetfanout.screen;

import java.util.List;
import org.jetfanout.text.Text;

/**
 * The lines at the bottom of a terminal that are drawn over themselves: what has to be written
 * there. The cursor stands below the last of them. Not thread-safe.
 */
final class BottomLines {
    private static final String ERASE_TO_END_OF_LINE = "\u001b[K";
    private static final String ERASE_BELOW = "\u001b[J";

    // Mutable state
    private List<String> drawn = List.of();

    /** Those that are there. */
    List<String> lines() {
        return drawn;
    }

    /**
     * Draws over what is there; only what is too much is erased, so nothing flickers.
     *
     * @param next none wider than the terminal
     */
    void draw(StringBuilder screen, List<String> next) {
        up(screen, drawn.size());
        for (String line : next) {
            screen.append(line).append(ERASE_TO_END_OF_LINE).append("\r\n");
        }
        screen.append(ERASE_BELOW);
        drawn = List.copyOf(next);
    }

    /**
     * Takes them away.
     *
     * @param columns of the terminal now: one that is narrower than it was has wrapped them
     */
    void erase(StringBuilder screen, int columns) {
        int rows = 0;
        for (String line : drawn) {
            int width = Columns.width(Text.plain(line));
            rows += Math.max(1, (width + columns - 1) / columns);
        }
        if (rows > 0) {
            up(screen, rows);
            screen.append(ERASE_BELOW);
        }
        drawn = List.of();
    }

    private static void up(StringBuilder screen, int rows) {
        if (rows > 0) {
            screen.append("\r\u001b[").append(rows).append('A');
        }
    }
}
