package org.jetfanout.job;

import java.util.function.Consumer;
import org.jetfanout.runner.Stream;

/**
 * The stdout and stderr of a connection on which one of our scripts runs. A listener gets what the
 * script prints. Of other output only the size and the end are kept. Memory is bounded. Not
 * thread-safe.
 */
public final class ScriptStreams {
    /** The least bytes of a line, with its mark. */
    public static final int LEAST_LINE = ScriptOutput.LEAST_LINE;

    private final ScriptOutput stdout;
    private final ForeignOutput stderr = new ForeignOutput();

    ScriptStreams(Nonce nonce, ScriptOutput.Listener listener) {
        this.stdout = new ScriptOutput(nonce, listener);
    }

    /**
     * For a script that sends no logs.
     *
     * @param nonce of the command; the script marks each of its lines with it
     * @param lines takes the script's lines, without their marks
     */
    public static ScriptStreams ofLines(Nonce nonce, Consumer<String> lines) {
        return new ScriptStreams(
                nonce,
                new ScriptOutput.Listener() {
                    @Override
                    public void line(String text) {
                        lines.accept(text);
                    }

                    @Override
                    public void log(Stream stream, byte[] bytes) {
                        // the command does not ask for logs
                    }
                });
    }

    /** Takes the next bytes of a stream. */
    public void read(boolean ofStderr, byte[] bytes) {
        if (ofStderr) {
            stderr.add(bytes, 0, bytes.length);
        } else {
            stdout.read(bytes);
        }
    }

    /** How many bytes the script did not write. */
    public long noise() {
        return stdout.noise().size() + stderr.size();
    }

    /**
     * The last line that the script did not write, from stderr if there is one; empty where there
     * was none.
     */
    public String lastForeignLine() {
        return stderr.lastLine().isEmpty() ? stdout.noise().lastLine() : stderr.lastLine();
    }

    /**
     * Whether something has the script's mark that the script did not write. Nothing more is read
     * then.
     */
    public boolean isBroken() {
        return stdout.broken();
    }

    /**
     * Whether another program wrote into a frame. What came before is correct, and nothing more is
     * read.
     */
    boolean isDamaged() {
        return stdout.damaged();
    }
}
