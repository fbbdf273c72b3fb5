package org.jetfanout.dispatch;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the thread that follows a job should do: follow, put the batch back, cancel the job, or
 * leave. A later request replaces an earlier one, with two exceptions: a job that is being
 * cancelled is not put back, and after leaving nothing else is done. Thread-safe.
 */
final class FollowMode {
    private enum Kind {
        /** Follow the job to its end. */
        FOLLOW,
        /** Put the batch back to the queue, if its job still waits on its worker. */
        PUT_BACK,
        /** That is being done: whoever takes the batch up next does what is wanted then. */
        GOES_BACK,
        /** End the job. */
        CANCEL,
        /** Follow the job no more, whatever it does. */
        LEAVE
    }

    // Mutable state
    private final AtomicReference<Kind> kind = new AtomicReference<>(Kind.FOLLOW);

    /** Ends the pause before the next command. */
    private final Semaphore wake = new Semaphore(0);

    /** Follows no more. */
    void leave() {
        kind.set(Kind.LEAVE);
        wake.release();
    }

    /** Ends the job; nothing where it is left, cancelled already, or goes back. */
    void cancel() {
        if (kind.compareAndSet(Kind.FOLLOW, Kind.CANCEL)
                || kind.compareAndSet(Kind.PUT_BACK, Kind.CANCEL)) {
            wake.release();
        }
    }

    /** Puts the batch back; false where something else is wanted. */
    boolean putBack() {
        return kind.compareAndSet(Kind.FOLLOW, Kind.PUT_BACK) || isPutBack();
    }

    /** The batch is wanted back, and goes back: from now on only to leave it can be wished. */
    boolean goBack() {
        return kind.compareAndSet(Kind.PUT_BACK, Kind.GOES_BACK) || isGoingBack();
    }

    /** Whether that is so. */
    boolean isGoingBack() {
        return kind.get() == Kind.GOES_BACK;
    }

    boolean isLeft() {
        return kind.get() == Kind.LEAVE;
    }

    boolean isCancelled() {
        return kind.get() == Kind.CANCEL;
    }

    /** Whether the batch is wanted back, or goes back. */
    boolean isPutBack() {
        Kind now = kind.get();
        return now == Kind.PUT_BACK || now == Kind.GOES_BACK;
    }

    /** Waits, but for nobody who cancels or leaves; who is interrupted leaves. */
    void pause(Duration time) {
        try {
            boolean woken = !isLeft() && wake.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS);
            if (woken) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            leave();
            Thread.currentThread().interrupt();
        }
    }
}
