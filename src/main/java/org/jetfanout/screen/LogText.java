package org.jetfanout.screen;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import org.jetfanout.record.Line;
import org.jetfanout.text.Text;
import org.jetfanout.text.Times;

/**
 * Stored lines as they are shown: {@code 2026-01-02T03:04:05+01:00 web-worker-1: text}, or the same
 * JSON records that a run shows with {@code --json}. Not thread-safe.
 */
public final class LogText {
    private final boolean json;
    private final boolean colour;
    private final ZoneId zone;

    // Mutable state: lines come many to a second
    private long second = Long.MIN_VALUE;
    private String time = "";

    /**
     * @param json as JSON records
     * @param colour whether colours of the text pass, where it is not JSON
     * @param zone of the times, where it is not JSON
     */
    public LogText(boolean json, boolean colour, ZoneId zone) {
        this.json = json;
        this.colour = colour;
        this.zone = zone;
    }

    /** Writes one line, nothing in it that a terminal would obey but colours. */
    public void write(Line line, OutputStream out) throws IOException {
        if (json) {
            try {
                JsonScreen.writeLine(out, line);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            return;
        }
        if (line.time().getEpochSecond() != second) {
            second = line.time().getEpochSecond();
            time = Times.text(line.time(), zone);
        }
        String text =
                time
                        + " "
                        + Text.forTerminal(line.worker(), false)
                        + ": "
                        + Text.forTerminal(line.text(), colour)
                        + (line.cut() ? " [cut, continues]\n" : "\n");
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
