package org.jetfanout.cli;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Whether threads can still be made, asked each second. Libraries catch the error that says no, and
 * whoever waits for what that thread was to do would wait for ever, deaf to signals, which need a
 * thread too. Here nobody catches it: {@link UncaughtErrors} end the process. Several times in a
 * row, since others of the same user may need many threads for a moment.
 */
final class ThreadProbe implements Runnable {
    private static final int TIMES = 3;

    private final Consumer<Thread> starter;

    /**
     * @param starter starts a thread, or throws the JVM's error where none can be made
     */
    ThreadProbe(Consumer<Thread> starter) {
        this.starter = starter;
    }

    /** Begins to ask, as long as the process lives. */
    static void start() {
        Thread thread = new Thread(new ThreadProbe(Thread::start), "thread-probe");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        int refused = 0;
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(1);
                refused = isPossible(refused + 1 < TIMES) ? 0 : refused + 1;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Makes one.
     *
     * @param again whether the error is for the next time
     */
    private boolean isPossible(boolean again) throws InterruptedException {
        Thread thread = new Thread(() -> {}, "probe");
        thread.setDaemon(true);
        try {
            starter.accept(thread);
        } catch (OutOfMemoryError e) {
            if (again) {
                return false;
            }
            throw e;
        }
        thread.join();
        return true;
    }
}
