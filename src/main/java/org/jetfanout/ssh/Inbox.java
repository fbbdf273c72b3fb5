package org.jetfanout.ssh;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/**
 * Output that has arrived and was not read yet. Small pieces are joined, so that memory stays
 * within the SSH window even if every piece is small. Thread-safe.
 */
final class Inbox {
    static final int CHUNK = 64 * 1024;

    // Mutable state, guarded by this
    private final Deque<Piece> stdout = new ArrayDeque<>();
    private final Deque<Piece> stderr = new ArrayDeque<>();
    private boolean stderrNext;
    private boolean ended;
    private boolean room;
    private long waiting;

    private static final class Piece {
        // Mutable state, guarded by the inbox
        private byte[] bytes;
        private int length;

        Piece(int room) {
            bytes = new byte[room];
        }

        /** Takes what fits. Returns how many bytes that was. */
        int take(byte[] source, int off, int len) {
            int count = Math.min(len, CHUNK - length);
            if (length + count > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(CHUNK, Math.max(length + count, 2 * length)));
            }
            System.arraycopy(source, off, bytes, length, count);
            length += count;
            return count;
        }

        byte[] trimmed() {
            return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        }
    }

    synchronized void add(boolean toStderr, byte[] source, int off, int len) {
        if (ended) {
            return;
        }
        Deque<Piece> pieces = toStderr ? stderr : stdout;
        int from = off;
        int left = len;
        while (left > 0) {
            Piece last = pieces.peekLast();
            int count = last == null ? 0 : last.take(source, from, left);
            if (count == 0) {
                pieces.addLast(new Piece(Math.min(left, CHUNK)));
            }
            from += count;
            left -= count;
        }
        waiting += len;
        notifyAll();
    }

    /** How many bytes it holds. */
    synchronized long waiting() {
        return waiting;
    }

    /** Nothing more will arrive. What is here can still be taken. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** The worker accepts more bytes, so a thread that waits for output may send. */
    synchronized void signalRoom() {
        room = true;
        notifyAll();
    }

    /** Whether nothing more will arrive and everything was taken. */
    synchronized boolean isOver() {
        return ended && stdout.isEmpty() && stderr.isEmpty();
    }

    /** Drops everything: nobody takes it any more. */
    synchronized void discard() {
        stdout.clear();
        stderr.clear();
        waiting = 0;
        end();
    }

    /** Waits for the next piece without end. */
    Optional<Chunk> take() throws InterruptedException {
        return take(0);
    }

    /**
     * Waits for the next piece. Empty at the end, when the worker accepts more bytes, and when it
     * took too long.
     *
     * @param longest in milliseconds; 0: without end
     * @throws InterruptedException if interrupted while waiting
     */
    synchronized Optional<Chunk> take(long longest) throws InterruptedException {
        long end = System.nanoTime() + longest * 1_000_000;
        while (stdout.isEmpty() && stderr.isEmpty()) {
            if (ended || room) {
                room = false;
                return Optional.empty();
            }
            if (longest == 0) {
                wait();
                continue;
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return Optional.empty();
            }
            wait(left);
        }
        boolean fromStderr = stdout.isEmpty() || (stderrNext && !stderr.isEmpty());
        stderrNext = !fromStderr;
        Piece piece = (fromStderr ? stderr : stdout).removeFirst();
        waiting -= piece.length;
        return Optional.of(new Chunk(fromStderr, piece.trimmed()));
    }
}
