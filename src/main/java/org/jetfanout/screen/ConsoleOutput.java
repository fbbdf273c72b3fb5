package org.jetfanout.screen;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard output or standard error, written in whole pieces. When it breaks (its reader is gone)
 * what follows is dropped. Thread-safe: pieces do not mix.
 */
final class ConsoleOutput {
    private final OutputStream out;

    // Mutable state
    private boolean broken;

    ConsoleOutput(OutputStream out) {
        this.out = out;
    }

    synchronized void write(byte[] bytes) {
        if (broken || bytes.length == 0) {
            return;
        }
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            // the run is worth more than the view of it; StandardOutput remembers
            broken = true;
        }
    }

    void write(CharSequence text) {
        write(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
