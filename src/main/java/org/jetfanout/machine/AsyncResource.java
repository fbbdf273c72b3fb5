package org.jetfanout.machine;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Opens something in a thread of its own, while the code that will need it continues. Thread-safe.
 *
 * @param <T> the type of what is opened
 */
public final class AsyncResource<T> {
    private final FutureTask<T> task;

    /**
     * Starts to open it.
     *
     * @param name of the thread
     */
    public AsyncResource(String name, Callable<T> opens) {
        task = Daemons.call(name, opens);
    }

    /**
     * Waits until it is open, also when interrupted, because nobody could close what is half open.
     * It throws what opening it threw.
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

    /**
     * Waits as {@link #await} does, for code that closes it. Empty where opening it failed; {@link
     * #await} has reported that.
     */
    public Optional<T> opened() {
        try {
            return Optional.of(await());
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }
}
