package org.jetfanout.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Lines on a terminal that are drawn over themselves. What does not fit is cut, so that no line
 * wraps and none scrolls away. Not thread-safe.
 */
public final class Redrawn {
    private static final String ERASE_TO_END_OF_LINE = "\u001b[K";
    private static final String ERASE_BELOW = "\u001b[J";

    private final OutputStream terminal;
    private final Supplier<Terminal.Size> size;

    // Mutable state
    private int rows;

    public Redrawn(OutputStream terminal, Supplier<Terminal.Size> size) {
        this.terminal = terminal;
        this.size = size;
    }

    /**
     * Draws lines in place of those that are there.
     *
     * @param lines without escape codes
     */
    public void draw(List<String> lines) throws IOException {
        Terminal.Size now = size.get();
        List<String> fitting = new ArrayList<>();
        // the last column and the last row stay free: some terminals wrap or scroll otherwise
        int room = Math.max(1, now.rows() - 1);
        for (String line : lines.subList(0, Math.min(room, lines.size()))) {
            fitting.add(Columns.cut(line, Math.max(1, now.columns() - 1)));
        }
        StringBuilder screen = up();
        for (String line : fitting) {
            screen.append(line).append(ERASE_TO_END_OF_LINE).append("\r\n");
        }
        screen.append(ERASE_BELOW);
        rows = fitting.size();
        write(screen);
    }

    /** Takes the lines away. */
    public void erase() throws IOException {
        if (rows > 0) {
            write(up().append(ERASE_BELOW));
            rows = 0;
        }
    }

    private StringBuilder up() {
        StringBuilder screen = new StringBuilder();
        if (rows > 0) {
            screen.append("\r\u001b[").append(rows).append('A');
        }
        return screen;
    }

    private void write(StringBuilder screen) throws IOException {
        terminal.write(screen.toString().getBytes(UTF_8));
        terminal.flush();
    }
}
