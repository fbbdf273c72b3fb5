package org.jetfanout.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;

/**
 * The log of a process that carries out several runs: what the threads of a run log goes to the log
 * of that run, all else to the log of the process. Thread-safe.
 */
final class LogsOfRuns extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final Appender<ILoggingEvent> ofProcess;

    /**
     * @param ofProcess is started
     */
    LogsOfRuns(Appender<ILoggingEvent> ofProcess) {
        this.ofProcess = ofProcess;
    }

    @Override
    protected void append(ILoggingEvent event) {
        RunThreads.current().flatMap(RunThreads::log).orElse(ofProcess).doAppend(event);
    }

    @Override
    public void stop() {
        super.stop();
        ofProcess.stop();
    }
}
