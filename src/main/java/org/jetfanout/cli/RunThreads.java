package org.jetfanout.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The threads of a run that a process carries out beside others: those that it starts, and those
 * that the libraries start for it. By them, what is logged and said is known to be of this run, and
 * an error that nobody catches ends this run only. Thread-safe.
 */
final class RunThreads extends ThreadGroup {
    private final Consumer<String> said;
    private final Consumer<Throwable> failed;

    // Mutable state
    private final Map<String, AtomicInteger> lines = new ConcurrentHashMap<>();
    private volatile Appender<ILoggingEvent> log;

    /**
     * @param guid of the run
     * @param said takes what is said to people
     * @param failed is told of each error that no thread of the run has caught
     */
    RunThreads(String guid, Consumer<String> said, Consumer<Throwable> failed) {
        super(root(), "run " + guid);
        this.said = said;
        this.failed = failed;
    }

    /** Not the group of the thread that asks for a run: that may be one of another run. */
    private static ThreadGroup root() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null && group.getParent().getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    /** The run that the current thread works for; empty in a process of one run. */
    static Optional<RunThreads> current() {
        for (ThreadGroup group = Thread.currentThread().getThreadGroup();
                group != null;
                group = group.getParent()) {
            if (group instanceof RunThreads run) {
                return Optional.of(run);
            }
        }
        return Optional.empty();
    }

    /** Starts a thread of the run. */
    Thread start(String name, Runnable work) {
        Thread thread = new Thread(this, work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** How many lines were logged about each worker of the run. */
    Map<String, AtomicInteger> lines() {
        return lines;
    }

    /** The log of the run; empty before it has one, and after its end. */
    Optional<Appender<ILoggingEvent>> log() {
        return Optional.ofNullable(log);
    }

    /** Logs there from now on. The log before is closed. */
    synchronized void logTo(Appender<ILoggingEvent> appender) {
        Appender<ILoggingEvent> before = log;
        log = appender;
        if (before != null) {
            before.stop();
        }
    }

    /** Closes the log. Threads that are left log to the log of the process. */
    void end() {
        logTo(null);
        lines.clear();
    }

    /** Says a line to people who look at the run. */
    void say(String line) {
        said.accept(line);
    }

    @Override
    public void uncaughtException(Thread thread, Throwable thrown) {
        failed.accept(thrown);
    }
}
