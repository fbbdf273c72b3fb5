package org.jetfanout.screen;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.TimeZone;
import org.jetfanout.record.Line;
import org.jetfanout.text.Text;
import org.jetfanout.text.Times;

/**
 * Writes stored lines in the form in which they are shown: {@code 2026-01-02T03:04:05+01:00
 * web-worker-1: text}, or the JSON records of a run with {@code --json}. Not thread-safe.
 */
public final class LogText {
    private final boolean json;
    private final boolean colour;
    private final TimeZone zone;

    // Mutable state: the text of a second is kept, because many lines have the same one
    private long second = Long.MIN_VALUE;
    private String time = "";

    /**
     * @param json whether to write JSON records
     * @param colour whether to keep the text's colours; not for JSON
     * @param zone time zone of the times; not for JSON
     */
    public LogText(boolean json, boolean colour, TimeZone zone) {
        this.json = json;
        this.colour = colour;
        this.zone = zone;
    }

    /** Writes one line. It contains nothing that a terminal would obey, except colours. */
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
