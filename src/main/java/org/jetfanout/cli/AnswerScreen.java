package org.jetfanout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jetfanout.machine.StandardOutput;
import org.jetfanout.question.AnswerMode;
import org.jetfanout.question.Asker;
import org.jetfanout.screen.RedrawnLines;
import org.jetfanout.screen.Terminal;
import org.jetfanout.text.Text;

/**
 * Prints what another instance answers. Its text is made harmless once more, because it comes from
 * another machine. For one thread.
 */
final class AnswerScreen implements Asker.Taker, AutoCloseable {
    /** A longer line is printed in pieces. */
    private static final int LONGEST_PIECE = 1 << 20;

    /** More lines of a status are not shown. */
    private static final int MOST_LINES = 100_000;

    private static final String PREFIX = "jet-fanout: ";
    private static final String TWICE_RESET = "\u001b[0m\u001b[0m";

    private final OutputStream out = StandardOutput.stream();
    private final boolean json;
    private final boolean colour;
    private final boolean framed;
    private final RedrawnLines drawn;

    // Mutable state: a line that has begun, and the lines of a frame
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private final List<String> frame = new ArrayList<>();

    /**
     * @param json whether the answer is JSON, which has no colours and may have very long lines
     * @param colour whether colours are shown
     * @param framed whether it is a status that is drawn over the one before: see {@link
     *     AnswerMode}
     */
    AnswerScreen(boolean json, boolean colour, boolean framed) {
        this.json = json;
        this.colour = colour;
        this.framed = framed;
        this.drawn = new RedrawnLines(out, () -> Terminal.size(System.getenv()));
    }

    @Override
    public void printed(byte[] bytes) throws IOException {
        if (json) {
            out.write(harmless(bytes));
            return;
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                begun.write(bytes, from, i - from);
                from = i + 1;
                if (framed) {
                    frameLine();
                    continue;
                }
                text.writeBytes(line());
                text.write('\n');
            }
        }
        begun.write(bytes, from, bytes.length - from);
        if (begun.size() > LONGEST_PIECE) {
            text.writeBytes(line());
        }
        out.write(text.toByteArray());
    }

    private void frameLine() throws IOException {
        if (begun.toString(UTF_8).equals(AnswerMode.FRAME)) {
            begun.reset();
            drawn.draw(frame);
            frame.clear();
        } else if (frame.size() < MOST_LINES) {
            frame.add(new String(line(), UTF_8));
        }
    }

    /** Our JSON has no control characters but the line break. */
    private static byte[] harmless(byte[] bytes) {
        byte[] safe = bytes.clone();
        for (int i = 0; i < safe.length; i++) {
            if ((safe[i] >= 0 && safe[i] < ' ' && safe[i] != '\n') || safe[i] == 0x7f) {
                safe[i] = '?';
            }
        }
        return safe;
    }

    private byte[] line() {
        String line = Text.forTerminal(begun.toString(UTF_8), colour);
        begun.reset();
        // a line with colours that is made harmless twice is reset twice
        return line.replace(TWICE_RESET, TWICE_RESET.substring(TWICE_RESET.length() / 2))
                .getBytes(UTF_8);
    }

    @Override
    public void said(String line) {
        Main.say(line.startsWith(PREFIX) ? line.substring(PREFIX.length()) : line);
    }

    /** Prints what is left. */
    @Override
    public void close() {
        try {
            if (framed) {
                drawn.erase();
                out.write(
                        frame.stream()
                                .map(line -> line + "\n")
                                .collect(Collectors.joining())
                                .getBytes(UTF_8));
            }
            if (begun.size() > 0) {
                out.write(line());
            }
        } catch (IOException e) {
            // StandardOutput remembers it
        }
    }
}
