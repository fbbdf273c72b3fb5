package org.jetfanout.machine;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Optional;

/**
 * The standard output of this process. It remembers whether a write failed: a {@link PrintStream}
 * reports that only to callers who ask. Not buffered. Thread-safe.
 */
public final class StandardOutput extends OutputStream {
    private static final StandardOutput STREAM =
            new StandardOutput(new FileOutputStream(FileDescriptor.out));

    private final OutputStream out;

    // Mutable state
    private volatile IOException failure;

    StandardOutput(OutputStream out) {
        this.out = out;
    }

    /** The standard output of this process; there is one object. */
    public static StandardOutput stream() {
        return STREAM;
    }

    /** Makes {@code System.out} write to this stream. */
    public void use(Charset charset) {
        OutputStream buffered = new BufferedOutputStream(this, 1 << 13);
        System.setOut(new PrintStream(buffered, true, charset));
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            if (failure == null) {
                failure = e;
            }
            throw e;
        }
    }

    /**
     * Why a write failed. Empty where none did, and where the reader (such as {@code head}) has
     * left, because it has read what it wanted.
     */
    public Optional<String> failure() {
        return Optional.ofNullable(failure)
                .map(e -> String.valueOf(e.getMessage()))
                .filter(reason -> !reason.contains("Broken pipe"));
    }
}
