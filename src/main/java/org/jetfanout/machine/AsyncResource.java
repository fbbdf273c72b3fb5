package org.jetfanout.machine;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Something that opens in a thread of its own, while whoever will need it goes on. Thread-safe.
 *
 * @param <T> what opens
 */
public final class AsyncResource<T> {
    private final FutureTask<T> task;

    /**
     * Begins.
     *
     * @param name of the thread
     */
    public AsyncResource(String name, Callable<T> opens) {
        task = new FutureTask<>(opens);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits until it is open, interrupted or not: what is half open cannot be left. Throws what
     * opening it threw.
     */
    public T await() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException cause) {
                        throw cause;
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The same for who ends it; empty where it never opened: who waited for it was told. */
    public Optional<T> opened() {
        try {
            return Optional.of(await());
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }
}
