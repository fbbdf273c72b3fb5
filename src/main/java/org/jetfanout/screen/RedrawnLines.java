package org.jetfanout.screen;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Lines on a terminal that are redrawn in place. Lines that do not fit are cut, so that none wraps
 * or scrolls away. Not thread-safe.
 */
public final class RedrawnLines {
    private final OutputStream terminal;
    private final Supplier<Terminal.Size> size;
    private final BottomLines drawn = new BottomLines();

    /** Draws nothing yet. */
    public RedrawnLines(OutputStream terminal, Supplier<Terminal.Size> size) {
        this.terminal = terminal;
        this.size = size;
    }

    /**
     * Draws these lines in place of the old ones.
     *
     * @param lines without escape codes
     */
    public void draw(List<String> lines) throws IOException {
        Terminal.Size now = size.get();
        List<String> fitting = new ArrayList<>();
        // the last column and the last row stay free, because some terminals wrap or scroll
        // otherwise
        int room = Math.max(1, now.rows() - 1);
        for (String line : lines.subList(0, Math.min(room, lines.size()))) {
            fitting.add(Columns.cut(line, Math.max(1, now.columns() - 1)));
        }
        StringBuilder screen = new StringBuilder();
        drawn.draw(screen, fitting);
        write(screen);
    }

    /** Erases the lines. */
    public void erase() throws IOException {
        StringBuilder screen = new StringBuilder();
        drawn.erase(screen, size.get().columns());
        write(screen);
    }

    private void write(StringBuilder screen) throws IOException {
        terminal.write(screen.toString().getBytes(UTF_8));
        terminal.flush();
    }
}
