package org.jetfanout.machine;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes threads that do not keep the process alive. */
public final class Daemons {
    private Daemons() {}

    /** A thread that is not started yet. */
    public static Thread thread(String name, Runnable work) {
        return thread(null, name, work);
    }

    /**
     * @param group null for that of the thread that asks
     */
    private static Thread thread(ThreadGroup group, String name, Runnable work) {
        Thread thread = new Thread(group, work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Starts a thread. */
    public static Thread start(String name, Runnable work) {
        Thread thread = thread(name, work);
        thread.start();
        return thread;
    }

    /** Starts a thread that has a result. */
    public static <T> FutureTask<T> call(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        start(name, task);
        return task;
    }

    /**
     * Makes threads for a pool, all with this name. They are of the group of the thread that makes
     * the pool, as those of the JDK's pools: not of a run that is the first to need one.
     */
    public static ThreadFactory named(String name) {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        return work -> thread(group, name, work);
    }

    /** The same, with this name and a number from 1. */
    public static ThreadFactory numbered(String name) {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        AtomicInteger number = new AtomicInteger();
        return work -> thread(group, name + "-" + number.incrementAndGet(), work);
    }
}
