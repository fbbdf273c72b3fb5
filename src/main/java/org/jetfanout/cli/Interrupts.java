package org.jetfanout.cli;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Ctrl-C and its kin (SIGINT, SIGTERM, SIGHUP), counted. Thread-safe. */
final class Interrupts {
    private final AtomicInteger count = new AtomicInteger();
    private final Handler handler;

    /** What is done about a signal. */
    @FunctionalInterface
    interface Handler {
        /**
         * Told of one.
         *
         * @param count its number, from 1
         * @param all to {@link #forget} them
         */
        void handle(int count, Interrupts all);
    }

    /**
     * Takes the signals from now on: they no longer end the process.
     *
     * @param handler told of each one on a thread of its own
     */
    Interrupts(Handler handler) {
        this.handler = handler;
        List.of("INT", "TERM", "HUP").forEach(this::take);
    }

    /** Nothing came of it: the next one is the first again. */
    void forget() {
        count.set(0);
    }

    /** Whether there was one. */
    boolean happened() {
        return count.get() > 0;
    }

    /**
     * By reflection: sun.misc.Signal is the only way to see a second Ctrl-C, and javac warns of it
     * unconditionally.
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
            // a JVM without it, or one that keeps the signal to itself (-Xrs): the default stays,
            // which ends the process
        }
    }
}
