package org.jetfanout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jetfanout.machine.StandardOutput;
import org.jetfanout.question.AnswerMode;
import org.jetfanout.question.Asker;
import org.jetfanout.question.Question;
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

    /** Lines without a mark that are held, in bytes. */
    private static final int MOST_HELD = 16 << 20;

    private static final char MARK = AnswerMode.MARK.charAt(0);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "jet-fanout: ";
    private static final String TWICE_RESET = "\u001b[0m\u001b[0m";

    private final OutputStream out = StandardOutput.stream();
    private final boolean json;
    private final boolean colour;
    private final boolean framed;
    private final boolean following;
    private final RedrawnLines drawn;

    // Mutable state: a line that has begun, the lines of a frame, lines of which it is not known
    // yet where they stand, and which lines were printed
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private final ObjectNode shown;
    private boolean any;
    private final List<String> frame = new ArrayList<>();

    /**
     * @param json whether the answer is JSON, which has no colours and may have very long lines
     * @param colour whether colours are shown
     * @param question says whether it is a status that is drawn over the one before, or lines of
     *     which those are printed that are followed by a mark: see {@link AnswerMode}
     */
    AnswerScreen(boolean json, boolean colour, Question question) {
        this.json = json;
        this.colour = colour;
        this.framed = question.isFramed();
        this.following = question.hasMarks();
        this.shown = question.before();
        this.drawn = new RedrawnLines(out, () -> Terminal.size(System.getenv()));
    }

    @Override
    public void printed(byte[] bytes) throws IOException {
        any = true;
        if (json && !following) {
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
                if (following) {
                    markedLine();
                    continue;
                }
                text.writeBytes(line());
                text.write('\n');
            }
        }
        begun.write(bytes, from, bytes.length - from);
        if (begun.size() > (following ? MOST_HELD : LONGEST_PIECE)) {
            text.writeBytes(line());
        }
        out.write(text.toByteArray());
    }

    private void markedLine() throws IOException {
        byte[] line = begun.toByteArray();
        if (line.length > 0 && line[0] == MARK) {
            begun.reset();
            if (JSON.readTree(line, 1, line.length - 1) instanceof ObjectNode changes) {
                shown.setAll(changes);
            }
            showHeld();
            return;
        }
        if (json) {
            begun.reset();
            held.write(harmless(line));
        } else {
            held.write(line());
        }
        held.write('\n');
        if (held.size() > MOST_HELD) {
            showHeld();
        }
    }

    private void showHeld() throws IOException {
        held.writeTo(out);
        held.reset();
    }

    /** Which lines were printed: see {@link Question#before}. */
    ObjectNode shown() {
        return shown;
    }

    /** Whether anything came. */
    boolean hasBegun() {
        return any;
    }

    /** Forgets what came last: the next instance prints it again. */
    void drop() {
        begun.reset();
        held.reset();
        frame.clear();
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
            showHeld();
            if (begun.size() > 0) {
                out.write(line());
            }
        } catch (IOException e) {
            // StandardOutput remembers it
        }
    }
}
