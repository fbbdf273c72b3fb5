package org.jetfanout.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jetfanout.machine.PrivateFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configures the application's own log. Nothing is logged until a run has a record. Then the log
 * goes to a file in the record, with the GUID in every line. It is configured in code, because
 * reading XML would cost a third of the start-up time.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    /** How large the log of a process without end becomes before it begins anew. */
    private static final long MOST_BYTES = 16L << 20;

    /** Logback's service loader calls this. */
    public Logging() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Logs to this file from now on, and no longer to any other: this process, or the one of its
     * runs that this thread works for.
     *
     * @param guid appears in every line, also in lines of threads that know nothing of the run
     */
    static void toFile(Path file, String guid) throws IOException {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        limitLines(context);
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        Optional<RunThreads> run = RunThreads.current();
        if (run.isPresent()) {
            start(context, appender, file, guid);
            run.get().logTo(appender);
            return;
        }
        start(context, appender, file, guid);
        begin(context, appender);
    }

    private static synchronized void limitLines(LoggerContext context) {
        if (context.getTurboFilterList().isEmpty()) {
            context.addTurboFilter(new LineBudget());
        }
    }

    /**
     * Logs to this file from now on, of a process that has no end. When it is full, the file before
     * it is removed. Runs beside others in this process have logs of their own.
     *
     * @param name appears in every line
     */
    static void toFileWithoutEnd(Path file, String name) throws IOException {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        FixedWindowRollingPolicy names = new FixedWindowRollingPolicy();
        names.setContext(context);
        names.setParent(appender);
        names.setFileNamePattern(file + ".%i");
        names.setMinIndex(1);
        names.setMaxIndex(1);
        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context);
        size.setMaxFileSize(new FileSize(MOST_BYTES));
        appender.setRollingPolicy(names);
        appender.setTriggeringPolicy(size);
        appender.setFile(file.toString());
        names.start();
        size.start();
        limitLines(context);
        start(context, appender, file, name);
        LogsOfRuns logs = new LogsOfRuns(appender);
        logs.setContext(context);
        logs.start();
        begin(context, logs);
    }

    /** Logs from now on what helps to understand this program. */
    static void more() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.getLogger("org.jetfanout").setLevel(Level.DEBUG);
    }

    private static void start(
            LoggerContext context, FileAppender<ILoggingEvent> appender, Path file, String word)
            throws IOException {
        if (!Files.exists(file)) {
            // the appender would make the file readable for everyone
            Files.createFile(file, PrivateFiles.FILE);
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        // a message may contain remote text: no line of it may look like a line of ours
        encoder.setPattern(
                "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level "
                        + word
                        + " [%X{JetWorker:--} %X{JetBatch:--}] %logger{20} -"
                        + " %replace(%msg){'[\\p{Cntrl}\\u2028\\u2029\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]',"
                        + " '?'}%n%ex");
        encoder.start();
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setEncoder(encoder);
        appender.start();
    }

    private static void begin(LoggerContext context, Appender<ILoggingEvent> appender) {
        context.getLogger("org.apache.activemq.audit").setLevel(Level.OFF);
        context.getLogger("org.apache.activemq").setLevel(Level.WARN);
        // others can cause MINA's warnings as often as they like; jet-fanout logs what matters
        // itself
        context.getLogger("org.apache.sshd").setLevel(Level.ERROR);
        // Camel warns, harmlessly, when a split ends before its last part
        context.getLogger("org.apache.camel.processor.MulticastProcessor").setLevel(Level.ERROR);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
        context.getLogger(Logger.ROOT_LOGGER_NAME).detachAndStopAllAppenders();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }
}
