package org.jetfanout.queue;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.management.MBeanServerFactory;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnectorFactory;
import org.apache.activemq.artemis.core.remoting.impl.invm.TransportConstants;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;

/**
 * An Artemis broker inside this process, with its durable journal in the run's folder. It does not
 * listen on any network port. Thread-safe.
 */
public final class EmbeddedQueue extends ArtemisQueue {
    /** Small journal files make a fast start, and the messages are small. */
    private static final int JOURNAL_FILE_BYTES = 1 << 20;

    /**
     * What a look into the queue gets at once. Otherwise the broker's own value counts, which makes
     * consumers ask for each message: a thousand batches would be a thousand round trips.
     */
    private static final int BROWSED_BYTES = 1 << 18;

    private static final String DEAD_LETTERS = "jet-fanout.dead";

    /** The brokers of one process find each other by number. */
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Path folder;
    private final ActiveMQServerImpl server;

    /**
     * Starts the broker.
     *
     * @param folder for the journal; created where it is missing
     * @param threads how many consumers run at once
     */
    public EmbeddedQueue(Path folder, int threads) {
        this(folder, threads, NUMBERS.getAndIncrement());
    }

    private EmbeddedQueue(Path folder, int threads, int number) {
        super(sending(number), consuming(number, threads));
        this.folder = folder;
        // Artemis would make the server of the whole JVM, with all beans of the JVM, and then
        // register nothing with it
        server =
                new ActiveMQServerImpl(
                        configuration(folder, number), MBeanServerFactory.newMBeanServer());
        try {
            // the broker makes its files readable for everyone, so its folder is private
            Files.createDirectories(folder, PrivateFiles.FOLDER);
            server.start();
        } catch (Exception e) {
            throw new ConfigurationException(
                    "the queue in " + folder + " cannot be opened: " + e.getMessage());
        }
        if (!server.isActive()) {
            close(server);
            throw new ConfigurationException(
                    "the queue in " + folder + " is in use by another process");
        }
    }

    // Not by their URL, whose reading is a tenth of the time in which a broker opens.

    /**
     * A message is sent without waiting for an answer. Otherwise there are four round trips for
     * each, three of them about the queue, and each waits until the message before is on the disk.
     * Messages still arrive in order and are durable. {@link #onFailure} tells of a journal that
     * cannot be written; when a run is resumed, all open batches are queued again.
     */
    private static ActiveMQConnectionFactory sending(int number) {
        ActiveMQConnectionFactory sending =
                new ActiveMQConnectionFactory(false, transport(InVMConnectorFactory.class, number));
        sending.setConsumerWindowSize(BROWSED_BYTES);
        sending.setBlockOnDurableSend(false);
        sending.setCacheDestinations(true);
        return sending;
    }

    private static ActiveMQConnectionFactory consuming(int number, int threads) {
        ActiveMQConnectionFactory consuming =
                new ActiveMQConnectionFactory(false, transport(InVMConnectorFactory.class, number));
        consuming.setConsumerWindowSize(0);
        consuming.setUseGlobalPools(false);
        consuming.setThreadPoolMaxSize(poolSize(threads));
        consuming.setScheduledThreadPoolMaxSize(2);
        return consuming;
    }

    private static TransportConfiguration transport(Class<?> factory, int number) {
        return new TransportConfiguration(
                factory.getName(), Map.of(TransportConstants.SERVER_ID_PROP_NAME, number));
    }

    private static Configuration configuration(Path folder, int number) {
        Configuration c = new ConfigurationImpl();
        c.setName("jet-fanout");
        c.setPersistenceEnabled(true);
        c.setJournalType(JournalType.NIO);
        c.setJournalFileSize(JOURNAL_FILE_BYTES);
        c.setJournalMinFiles(2);
        c.setJournalDirectory(folder.resolve("journal").toString());
        c.setBindingsDirectory(folder.resolve("bindings").toString());
        c.setLargeMessagesDirectory(folder.resolve("large").toString());
        c.setPagingDirectory(folder.resolve("paging").toString());
        c.setNodeManagerLockDirectory(folder.resolve("lock").toString());
        // in-VM only; with security on and no user, the client hangs when it starts
        c.setSecurityEnabled(false);
        c.setJMXManagementEnabled(false);
        c.setMessageCounterEnabled(false);
        // a second process on the same run must fail instead of waiting for ever
        c.setJournalLockAcquisitionTimeout(1000);
        // by default, a disk that is 90 % full blocks producers silently
        c.setMaxDiskUsage(-1);
        // otherwise a batch that kills this process would look new after every restart
        c.setPersistDeliveryCountBeforeDelivery(true);
        c.addAcceptorConfiguration(transport(InVMAcceptorFactory.class, number));
        // Artemis drops messages silently where the dead-letter queue does not exist
        c.addQueueConfiguration(
                QueueConfiguration.of(DEAD_LETTERS).setRoutingType(RoutingType.ANYCAST));
        c.addAddressSetting(
                "#",
                new AddressSettings()
                        .setDeadLetterAddress(SimpleString.of(DEAD_LETTERS))
                        .setMaxDeliveryAttempts(-1)
                        .setRedeliveryDelay(1000)
                        .setMaxSizeBytes(32L << 20)
                        .setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
                        .setDefaultConsumerWindowSize(0));
        return c;
    }

    /**
     * Calls where the broker cannot write its journal: Artemis stops itself then, and its clients
     * would wait for ever.
     */
    @Override
    public void onFailure(Consumer<String> told) {
        server.registerIOCriticalErrorListener(
                (cause, message, file) ->
                        told.accept(
                                "the queue in "
                                        + folder
                                        + " has failed: "
                                        + (cause == null ? message : cause.getMessage())));
    }

    @Override
    public boolean isOfThisProcess() {
        return true;
    }

    @Override
    public QueueContents contents(String queue) throws JMSException {
        try (Connection connection = sending().createConnection()) {
            connection.start();
            return QueueContents.of(connection, queue);
        }
    }

    @Override
    public void close() {
        super.close();
        close(server);
    }

    private static void close(ActiveMQServerImpl server) {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the queue could not be closed", e);
        }
    }
}
