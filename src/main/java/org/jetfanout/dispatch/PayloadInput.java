package org.jetfanout.dispatch;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;
import org.jetfanout.job.Job;
import org.jetfanout.runner.Payload;

/**
 * The payload of a job, from the byte on that its worker wants. It is opened when it is first read,
 * and read while it is sent. A file that is no longer what it was is an error, not a mixture. One
 * thread reads; any thread may close it.
 */
final class PayloadInput extends InputStream {
    private final Payload payload;
    private final Job job;

    // Mutable state
    private FileInputStream file;
    private long left;
    private volatile boolean closed;

    PayloadInput(Payload payload, Job job) {
        this.payload = payload;
        this.job = job;
    }

    /** A file can always be read. */
    @Override
    public int available() {
        return Integer.MAX_VALUE;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
            throw new InterruptedIOException("closed");
        }
        if (file == null) {
            open();
        }
        if (left == 0) {
            check();
            job.payloadSent();
            return -1;
        }
        int count = file.read(bytes, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw changed("became shorter while jet-fanout sent it");
        }
        left -= count;
        return count;
    }

    private void open() throws IOException {
        check();
        FileInputStream opened = new FileInputStream(payload.source().toFile());
        long from = job.payloadFrom();
        opened.getChannel().position(from);
        file = opened;
        left = payload.size() - from;
    }

    private void check() throws IOException {
        Optional<String> change = payload.change();
        if (change.isPresent()) {
            throw changed(change.get());
        }
    }

    private IOException changed(String how) {
        return new IOException(payload.source() + ": " + how);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        if (file != null) {
            file.close();
        }
    }
}
