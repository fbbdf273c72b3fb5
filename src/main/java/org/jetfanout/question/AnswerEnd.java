package org.jetfanout.question;

import java.io.IOException;
import java.io.InputStream;
import org.jetfanout.machine.Daemons;

/**
 * Tells a process that answers a question when to come to the end: the instance that started it is
 * about to end, or has ended, and closes the standard input. A command that waits for the end of a
 * run must not wait any longer then, because that instance may be its owner. Thread-safe.
 */
public final class AnswerEnd {
    // Mutable state
    private volatile boolean reached;

    private AnswerEnd() {}

    /** Watches for the end. In a process that works for its own user it never comes. */
    public static AnswerEnd watch() {
        AnswerEnd end = new AnswerEnd();
        if (AnswerMode.ofThisProcess().isPresent()) {
            Daemons.start("end of the answer", () -> end.await(System.in));
        }
        return end;
    }

    private void await(InputStream in) {
        try {
            while (in.read() >= 0) {
                // nothing is said there
            }
        } catch (IOException e) {
            // as good as its end
        }
        reached = true;
    }

    /** Whether it has come. */
    public boolean reached() {
        return reached;
    }
}
