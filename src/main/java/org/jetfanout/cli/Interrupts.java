package org.jetfanout.cli;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the signals that ask the process to end: SIGINT (Ctrl-C), SIGTERM and SIGHUP. Thread-safe.
 */
final class Interrupts {
    private final AtomicInteger count = new AtomicInteger();
    private final Handler handler;

    /** Is told of each signal. */
    @FunctionalInterface
    interface Handler {
        /**
         * Handles a signal.
         *
         * @param count the number of the signal, from 1
         * @param all where the handler can {@link #forget} the signals so far
         */
        void handle(int count, Interrupts all);
    }

    /**
     * Takes over the signals: from now on they do not end the process.
     *
     * @param handler is called for each signal, each time on a thread of its own
     */
    Interrupts(Handler handler) {
        this.handler = handler;
        List.of("INT", "TERM", "HUP").forEach(this::take);
    }

    /** Starts to count anew: the next signal is the first one. */
    void forget() {
        count.set(0);
    }

    /** Whether a signal came since the count began. */
    boolean happened() {
        return count.get() > 0;
    }

    /**
     * Registers a handler for a signal by reflection. Only sun.misc.Signal shows a second Ctrl-C,
     * and javac warns of each direct use of it.
     */
    private void take(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> taker = Class.forName("sun.misc.SignalHandler");
            Object ours =
                    Proxy.newProxyInstance(
                            taker.getClassLoader(),
                            new Class<?>[] {taker},
                            (proxy, method, args) -> {
                                if (method.getName().equals("handle")) {
                                    handler.handle(count.incrementAndGet(), this);
                                }
                                return null;
                            });
            signal.getMethod("handle", signal, taker)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
        } catch (ReflectiveOperationException e) {
            // a JVM without this class, or one that keeps the signal to itself (-Xrs): the signal
            // keeps its default effect and ends the process
        }
    }
}
