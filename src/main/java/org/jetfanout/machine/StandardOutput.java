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
 * The standard output of this process, which remembers that it could not be written: a {@link
 * PrintStream} keeps that to itself, and what nobody asks for goes unnoticed. Not buffered.
 * Thread-safe.
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

    /** The one of this process. */
    public static StandardOutput stream() {
        return STREAM;
    }

    /** From now on {@code System.out} is written here. */
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
     * Why something could not be written; empty where all was, and where its reader has left, as
     * {@code head} does: that one has what it wanted.
     */
    public Optional<String> failure() {
        return Optional.ofNullable(failure)
                .map(e -> String.valueOf(e.getMessage()))
                .filter(reason -> !reason.contains("Broken pipe"));
    }
}
