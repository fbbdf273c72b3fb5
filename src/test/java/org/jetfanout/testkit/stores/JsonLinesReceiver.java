package org.jetfanout.testkit.stores;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Waiting;

/**
 * rsyslogd as a receiver of JSON lines over TCP or TLS. It writes them to a file unchanged. Like
 * Logstash, it keeps in memory what it has read and not written.
 */
public final class JsonLinesReceiver implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final int port;
    private final String module;

    // Mutable state
    private Process process;

    private JsonLinesReceiver(Path folder, int port, String module) throws IOException {
        this.folder = folder;
        this.port = port;
        this.module = module;
        start();
    }

    /** Starts a receiver on a free port of 127.0.0.1, with its files in a folder of its own. */
    public static JsonLinesReceiver plain(Path folder) throws IOException {
        return new JsonLinesReceiver(folder, FreePort.next(), "module(load=\"imtcp\")");
    }

    /** Starts a receiver with TLS. */
    public static JsonLinesReceiver tls(Path folder, Certificates certificates) throws IOException {
        return new JsonLinesReceiver(
                folder,
                FreePort.next(),
                """
                global(defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="%s"
                       defaultNetstreamDriverCertFile="%s" defaultNetstreamDriverKeyFile="%s")
                module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
                """
                        .formatted(
                                certificates.ca(), certificates.certificate(), certificates.key()));
    }

    /** Its port, which a restart keeps. */
    public int port() {
        return port;
    }

    /** Starts it, also after an end, and waits until it listens. */
    public void start() throws IOException {
        Path configuration = folder.resolve("rsyslog.conf");
        Files.writeString(
                configuration,
                """
                global(workDirectory="%1$s" maxMessageSize="1m")
                %2$s
                template(name="raw" type="string" string="%%rawmsg%%\\n")
                input(type="imtcp" address="127.0.0.1" port="%3$d" ruleset="json" supportOctetCountedFraming="off")
                ruleset(name="json") { action(type="omfile" file="%1$s/received.ndjson" template="raw") }
                """
                        .formatted(folder, module, port));
        process =
                new ProcessBuilder("rsyslogd", "-n", "-i", "NONE", "-f", configuration.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        folder.resolve("rsyslogd.out").toFile()))
                        .start();
        Waiting.until("rsyslogd listens", this::listens);
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new AssertionError("rsyslogd has ended; its output is in " + folder);
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it in order, so that it writes what it has read. */
    public void stop() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    /**
     * Kills it. What it has read and not written is lost, with a line that it has begun to write.
     */
    public void kill() throws InterruptedException, IOException {
        process.destroyForcibly();
        process.waitFor();
        WholeLines.cut(folder.resolve("received.ndjson"));
    }

    /** Sends it the signal STOP or CONT. */
    public void signal(String name) {
        Programs.signal(process, name);
    }

    /** The ids of the documents that it has written, in order. */
    public List<String> ids() throws IOException {
        List<String> ids = new ArrayList<>();
        for (String line : WholeLines.read(folder.resolve("received.ndjson"))) {
            try {
                ids.add(JSON.readTree(line).at("/event/id").asText());
            } catch (JsonProcessingException e) {
                // what came before a connection ended is a line, too
                ids.add("torn line");
            }
        }
        return ids;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
