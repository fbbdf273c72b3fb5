package org.jetfanout.cli;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jetfanout.machine.Daemons;

/**
 * Tries once a second whether the process can still start a thread. Libraries catch the error that
 * the JVM throws when it cannot. Whoever waits for such a thread then waits for ever, and does not
 * even react to signals, because handling a signal needs a thread too. Nothing catches the error of
 * this probe: {@link UncaughtErrors} ends the process. The probe must fail several times in a row,
 * because other programs of the same user may need many threads for a moment.
 */
final class ThreadProbe implements Runnable {
    private static final int TIMES = 3;

    private final Consumer<Thread> starter;

    /**
     * @param starter starts a thread, or throws the JVM's error where it cannot
     */
    ThreadProbe(Consumer<Thread> starter) {
        this.starter = starter;
    }

    /** Starts the probe. It runs as long as the process. */
    static void start() {
        Daemons.start("thread-probe", new ThreadProbe(Thread::start));
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
     * Tries to start a thread.
     *
     * @param again whether a failure is tolerated this time, since the probe will try again
     */
    private boolean isPossible(boolean again) throws InterruptedException {
        Thread thread = Daemons.thread("probe", () -> {});
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
