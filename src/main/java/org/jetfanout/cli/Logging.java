package org.jetfanout.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.machine.PrivateFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configures the application's own log. Nothing is logged until a run has a record. Then the log
 * goes to a file in the record, with the GUID in every line. It is configured in code, because
 * reading XML would cost a third of the start-up time.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    /** Logback's service loader calls this. */
    public Logging() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Logs to this file from now on, and no longer to any other.
     *
     * @param guid appears in every line, also in lines of threads that know nothing of the run
     */
    static void toFile(Path file, String guid) throws IOException {
        if (!Files.exists(file)) {
            // the appender would make the file readable for everyone
            Files.createFile(file, PrivateFiles.FILE);
        }
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        if (context.getTurboFilterList().isEmpty()) {
            context.addTurboFilter(new LineBudget());
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        // a message may contain remote text: no line of it may look like a line of ours
        encoder.setPattern(
                "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level "
                        + guid
                        + " [%X{JetWorker:--} %X{JetBatch:--}] %logger{20} -"
                        + " %replace(%msg){'[\\p{Cntrl}\\u2028\\u2029\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]',"
                        + " '?'}%n%ex");
        encoder.start();
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setEncoder(encoder);
        appender.start();
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
