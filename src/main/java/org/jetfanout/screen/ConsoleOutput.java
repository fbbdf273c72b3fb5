package org.jetfanout.screen;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard output or standard error, written in whole pieces that never mix. After a write has
 * failed because the reader is gone, everything that follows is dropped. Thread-safe.
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
            // the run is more important than its display; StandardOutput remembers the failure
            broken = true;
        }
    }

    void write(CharSequence text) {
        write(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
