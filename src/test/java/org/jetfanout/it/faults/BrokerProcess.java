package org.jetfanout.it.faults;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.jetfanout.ssh.Programs;

/** An Artemis broker in a process of its own, which can be killed and started again. */
final class BrokerProcess implements AutoCloseable {
    private final Path folder;
    private final int port;

    // Mutable state
    private Process process;

    private BrokerProcess(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /**
     * Starts one.
     *
     * @param folder where its journal is
     */
    static BrokerProcess start(Path folder) throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        BrokerProcess broker = new BrokerProcess(folder, port);
        broker.start();
        return broker;
    }

    String url() {
        return "tcp://127.0.0.1:" + port;
    }

    /** Starts it again; returns when it listens. */
    void start() throws IOException {
        File log = new File(folder + ".log");
        process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                BrokerProcess.class.getName(),
                                folder.toString(),
                                url())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                        .start();
        Programs.await("the broker listens: " + log, this::listens);
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new AssertionError("the broker has ended: " + folder + ".log");
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        Programs.await("the broker is gone", () -> !process.isAlive());
    }

    /** Removes all that it has stored. Only while it is killed. */
    void forget() {
        Programs.ok("rm", "-rf", folder.toString());
    }

    @Override
    public void close() {
        kill();
    }

    /**
     * The process.
     *
     * @param args folder and URL
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
        configuration.setSecurityEnabled(false);
        configuration.setJMXManagementEnabled(false);
        configuration.setMaxDiskUsage(-1);
        configuration.addAcceptorConfiguration("tcp", args[1]);
        new ActiveMQServerImpl(configuration).start();
        // its threads keep the process alive
        System.out.println("started " + List.of(args));
    }
}
