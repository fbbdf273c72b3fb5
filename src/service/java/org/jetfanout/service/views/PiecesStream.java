package org.jetfanout.service.views;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;

/** A stream of bytes that are made piece by piece, while somebody reads. Not thread-safe. */
final class PiecesStream extends InputStream {
    private final Supplier<Optional<byte[]>> pieces;
    private final Runnable closing;

    // Mutable state
    private byte[] piece = {};
    private int at;
    private boolean ended;
    private boolean closed;

    /**
     * @param pieces gives the next piece; empty for the end
     * @param closing is called once
     */
    PiecesStream(Supplier<Optional<byte[]>> pieces, Runnable closing) {
        this.pieces = pieces;
        this.closing = closing;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == piece.length) {
            if (ended || closed) {
                return -1;
            }
            Optional<byte[]> next = pieces.get();
            if (next.isEmpty()) {
                ended = true;
                close();
                return -1;
            }
            piece = next.get();
            at = 0;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, to, from, count);
        at += count;
        return count;
    }

    @Override
    public int available() {
        return piece.length - at;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closing.run();
        }
    }
}
