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
 * The application's own log: nothing until a run has a record, then a file in it, the GUID in every
 * line. Configured in code, since reading XML would cost a third of the start.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    /** Called by Logback through the service loader. */
    public Logging() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Logs to a file from now on, and no longer to another one.
     *
     * @param guid stands in every line, also in those of threads that know nothing of the run
     */
    static void toFile(Path file, String guid) throws IOException {
        if (!Files.exists(file)) {
            // the appender would make it readable for all
            Files.createFile(file, PrivateFiles.FILE);
        }
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        if (context.getTurboFilterList().isEmpty()) {
            context.addTurboFilter(new LineBudget());
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        // remote text may be in a message: no line of it may look like one of ours
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
        // what MINA warns of, others can cause as often as they like; we say ourselves what matters
        context.getLogger("org.apache.sshd").setLevel(Level.ERROR);
        // it stumbles, harmlessly, over a split that ends before its last part
        context.getLogger("org.apache.camel.processor.MulticastProcessor").setLevel(Level.ERROR);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
        context.getLogger(Logger.ROOT_LOGGER_NAME).detachAndStopAllAppenders();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }
}
