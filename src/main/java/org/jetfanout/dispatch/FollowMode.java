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
        /** Put the batch back to the queue if its job still waits on its worker. */
        PUT_BACK,
        /** The batch goes back to the queue. What follows is decided when it is taken up again. */
        GOES_BACK,
        /** End the job. */
        CANCEL,
        /** Stop following the job, whatever it does. */
        LEAVE
    }

    // Mutable state
    private final AtomicReference<Kind> kind = new AtomicReference<>(Kind.FOLLOW);

    /** Ends the pause before the next command. */
    private final Semaphore wake = new Semaphore(0);

    /** Requests that the thread leaves. */
    void leave() {
        kind.set(Kind.LEAVE);
        wake.release();
    }

    /**
     * Requests that the job ends. Does nothing if the thread leaves or cancels already, or the
     * batch goes back.
     */
    void cancel() {
        if (kind.compareAndSet(Kind.FOLLOW, Kind.CANCEL)
                || kind.compareAndSet(Kind.PUT_BACK, Kind.CANCEL)) {
            wake.release();
        }
    }

    /** Requests that the batch is put back. False if there is another request. */
    boolean putBack() {
        return kind.compareAndSet(Kind.FOLLOW, Kind.PUT_BACK) || isPutBack();
    }

    /** The batch goes back, if that was requested. After this, only leaving has an effect. */
    boolean goBack() {
        return kind.compareAndSet(Kind.PUT_BACK, Kind.GOES_BACK) || isGoingBack();
    }

    /** Whether the batch goes back. */
    boolean isGoingBack() {
        return kind.get() == Kind.GOES_BACK;
    }

    boolean isLeft() {
        return kind.get() == Kind.LEAVE;
    }

    boolean isCancelled() {
        return kind.get() == Kind.CANCEL;
    }

    /** Whether a request to put the batch back is there, or the batch goes back. */
    boolean isPutBack() {
        Kind now = kind.get();
        return now == Kind.PUT_BACK || now == Kind.GOES_BACK;
    }

    /**
     * Waits. A request to cancel or leave ends the wait, and so does an interrupt, which counts as
     * a request to leave.
     */
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
