package org.jetfanout.it.faults;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Waiting;

/** An Artemis broker in a process of its own, which can be killed and started again. */
public final class BrokerProcess implements AutoCloseable {
    private static final int MOST_STARTS = 3;

    private final Path folder;
    private final int port;
    private final List<String> settings;

    // Mutable state
    private Process process;

    private BrokerProcess(Path folder, int port, List<String> settings) {
        this.folder = folder;
        this.port = port;
        this.settings = settings;
    }

    /**
     * Starts one.
     *
     * @param folder where its journal is
     * @param settings NAME=VALUE: {@code disk}, its limit in percent; {@code acceptor}, more
     *     parameters of that; {@code login}, USER:PASSWORD without which nobody is let in; {@code
     *     block}, the bytes of an address from which on senders wait; {@code policy}, what happens
     *     instead; {@code expiry}, milliseconds after which it drops messages; {@code redelivery},
     *     milliseconds after which it delivers a message again; {@code attempts}, how often it
     *     delivers one; {@code hostile}: defaults of queues that remove messages or hold them back
     */
    public static BrokerProcess start(Path folder, String... settings) throws IOException {
        int port = FreePort.next();
        BrokerProcess broker = new BrokerProcess(folder, port, List.of(settings));
        broker.start();
        return broker;
    }

    /** Where it listens. */
    public String url() {
        return "tcp://127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /** Starts it again, over its disk limit: it takes no message; returns when it listens. */
    void startFull() throws IOException {
        List<String> full = new ArrayList<>(settings);
        full.add("disk=0");
        start(full);
    }

    /** Starts it again; returns when it listens. */
    public void start() throws IOException {
        start(settings);
    }

    private void start(List<String> settings) throws IOException {
        File log = new File(folder + ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(BrokerProcess.class.getName(), folder.toString(), url()));
        command.addAll(settings);
        // a connection that somebody opens meanwhile may happen to use the port for a moment
        for (int tries = 1; tries <= MOST_STARTS; tries++) {
            process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                            .start();
            Waiting.until("the broker listens: " + log, () -> !process.isAlive() || listens());
            if (process.isAlive()) {
                return;
            }
        }
        throw new AssertionError("the broker has ended: " + Files.readString(log.toPath()));
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
        Waiting.until("the broker is gone", () -> !process.isAlive());
    }

    /** {@code kill -STOP}: it hangs until it is killed or continues. */
    public void pause() {
        Programs.ok("kill", "-STOP", String.valueOf(process.pid()));
    }

    /** {@code kill -CONT}. */
    public void unpause() {
        Programs.ok("kill", "-CONT", String.valueOf(process.pid()));
    }

    /** Removes all that it has stored. Only while it is killed. */
    public void forget() {
        Programs.ok("rm", "-rf", folder.toString());
    }

    @Override
    public void close() {
        kill();
    }

    /**
     * The process.
     *
     * @param args folder, URL and settings
     */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Configuration configuration = new ConfigurationImpl();
        configuration.setJournalType(JournalType.NIO);
        configuration.setJournalDirectory(folder.resolve("journal").toString());
        configuration.setBindingsDirectory(folder.resolve("bindings").toString());
        configuration.setLargeMessagesDirectory(folder.resolve("large").toString());
        configuration.setPagingDirectory(folder.resolve("paging").toString());
        configuration.setNodeManagerLockDirectory(folder.resolve("lock").toString());
        Map<String, String> settings =
                Arrays.stream(args)
                        .skip(2)
                        .map(setting -> setting.split("=", 2))
                        .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));
        Optional<String[]> login =
                Optional.ofNullable(settings.get("login")).map(words -> words.split(":", 2));
        configuration.setSecurityEnabled(login.isPresent());
        configuration.setJMXManagementEnabled(false);
        configuration.setMaxDiskUsage(Integer.parseInt(settings.getOrDefault("disk", "-1")));
        configuration.setDiskScanPeriod(100);
        configuration.addAcceptorConfiguration(
                "tcp", args[1] + "?" + settings.getOrDefault("acceptor", ""));
        AddressSettings addresses =
                new AddressSettings().setExpiryAddress(SimpleString.of("expired"));
        if (settings.containsKey("block")) {
            addresses
                    .setMaxSizeBytes(Long.parseLong(settings.get("block")))
                    .setAddressFullMessagePolicy(
                            AddressFullMessagePolicy.valueOf(
                                    settings.getOrDefault("policy", "BLOCK")));
        }
        if (settings.containsKey("expiry")) {
            addresses.setExpiryDelay(Long.parseLong(settings.get("expiry")));
        }
        if (settings.containsKey("redelivery")) {
            addresses.setRedeliveryDelay(Long.parseLong(settings.get("redelivery")));
        }
        if (settings.containsKey("attempts")) {
            addresses.setMaxDeliveryAttempts(Integer.parseInt(settings.get("attempts")));
        }
        if (settings.containsKey("hostile")) {
            addresses
                    .setDefaultPurgeOnNoConsumers(true)
                    .setDefaultRingSize(1)
                    .setDefaultNonDestructive(true)
                    .setDefaultLastValueQueue(true)
                    .setDefaultConsumersBeforeDispatch(2)
                    .setAutoDeleteQueuesMessageCount(-1);
        }
        configuration.addAddressSetting("#", addresses);
        Role all =
                new Role(
                        "all", true, true, true, true, true, true, true, true, true, true, false,
                        false);
        configuration.putSecurityRoles("#", Set.of(all));
        SecurityConfiguration users = new SecurityConfiguration();
        login.ifPresent(
                words -> {
                    users.addUser(words[0], words[1]);
                    users.addRole(words[0], "all");
                });
        new ActiveMQServerImpl(
                        configuration,
                        new ActiveMQJAASSecurityManager(InVMLoginModule.class.getName(), users))
                .start();
        // its threads keep the process alive
        System.out.println("started " + List.of(args));
    }
}
