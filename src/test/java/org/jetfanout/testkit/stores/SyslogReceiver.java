package org.jetfanout.testkit.stores;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Waiting;

/**
 * A syslog server that parses each message and writes the result to a file: rsyslogd, or syslog-ng,
 * whose package conflicts with it. It listens by TCP for counted messages and for lines, by TLS,
 * and by UDP.
 */
public final class SyslogReceiver implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String RSYSLOG =
            """
            global(workDirectory="%1$s" defaultNetstreamDriverCAFile="%6$s"
                   defaultNetstreamDriverCertFile="%7$s" defaultNetstreamDriverKeyFile="%8$s")
            module(load="imudp")
            module(load="imtcp")
            module(load="mmpstrucdata")
            template(name="parsed" type="list" option.jsonf="on") {
              property(outname="pri" name="pri" format="jsonf")
              property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
              property(outname="host" name="hostname" format="jsonf")
              property(outname="app" name="app-name" format="jsonf")
              property(outname="procid" name="procid" format="jsonf")
              property(outname="msgid" name="msgid" format="jsonf")
              property(outname="message" name="msg" format="jsonf")
              property(outname="raw" name="structured-data" format="jsonf")
              property(outname="data" name="$!rfc5424-sd" format="jsonf")
            }
            # before the others, whose ports tell that it listens: nothing tells of this one
            # it may wait for the CPU longer than the system's own buffer lasts
            input(type="imudp" address="127.0.0.1" port="%5$d" ruleset="file" rcvbufSize="16m")
            input(type="imtcp" address="127.0.0.1" port="%2$d" ruleset="file")
            input(type="imtcp" address="127.0.0.1" port="%3$d" ruleset="file" supportOctetCountedFraming="off")
            input(type="imtcp" address="127.0.0.1" port="%4$d" ruleset="file"
                  streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
            ruleset(name="file") {
              action(type="mmpstrucdata")
              action(type="omfile" file="%1$s/received.ndjson" template="parsed")
            }
            """;

    private static final String SYSLOG_NG =
            """
            @version: 3.38
            options { keep-hostname(yes); frac-digits(3); };
            source all {
              syslog(transport("udp") ip(127.0.0.1) port(%5$d));
              syslog(transport("tcp") ip(127.0.0.1) port(%2$d));
              network(transport("tcp") ip(127.0.0.1) port(%3$d) flags(syslog-protocol));
              syslog(transport("tls") ip(127.0.0.1) port(%4$d)
                tls(ca-file("%6$s") cert-file("%7$s") key-file("%8$s") peer-verify(optional-untrusted)));
            };
            destination file { file("%1$s/received.ndjson" template("$(format-json pri=$PRI time=$S_ISODATE
              host=$HOST app=$PROGRAM procid=$PID msgid=$MSGID message=$MESSAGE --key .SDATA.*)\\n")); };
            log { source(all); destination(file); };
            """;

    private final Path folder;
    private final Map<String, Integer> ports = new HashMap<>();
    private final List<String> command;
    private final Map<String, String> environment;

    // Mutable state
    private Process process;

    private SyslogReceiver(
            Path folder,
            Certificates certificates,
            String configuration,
            List<String> command,
            Map<String, String> environment)
            throws IOException {
        this.folder = folder;
        for (String way : List.of("counted", "lines", "tls", "udp")) {
            ports.put(way, FreePort.next());
        }
        this.command = command;
        this.environment = environment;
        Files.writeString(
                folder.resolve("server.conf"),
                configuration.formatted(
                        folder,
                        port("counted"),
                        port("lines"),
                        port("tls"),
                        port("udp"),
                        certificates.ca(),
                        certificates.certificate(),
                        certificates.key()));
        start();
    }

    /** Starts rsyslogd. */
    public static SyslogReceiver rsyslog(Path folder, Certificates certificates)
            throws IOException {
        Path file = folder.resolve("server.conf");
        return new SyslogReceiver(
                folder,
                certificates,
                RSYSLOG,
                List.of("rsyslogd", "-n", "-i", "NONE", "-f", file.toString()),
                Map.of());
    }

    /** Starts syslog-ng. */
    public static SyslogReceiver syslogNg(Path folder, Certificates certificates)
            throws IOException {
        DebianPackage unpacked = DebianPackage.of("syslog-ng-core");
        Path program = unpacked.folder().resolve("usr/sbin/syslog-ng");
        Path modules;
        try (var versions = Files.list(unpacked.folder().resolve("usr/lib/syslog-ng"))) {
            modules = versions.filter(Files::isDirectory).findFirst().orElseThrow();
        }
        List<String> command = new ArrayList<>(List.of(program.toString(), "-F", "--no-caps"));
        command.addAll(List.of("-f", folder.resolve("server.conf").toString()));
        command.addAll(List.of("-R", folder.resolve("persist").toString()));
        command.addAll(List.of("-p", folder.resolve("pid").toString()));
        command.addAll(List.of("-c", folder.resolve("control").toString()));
        command.addAll(List.of("--module-path", modules.toString()));
        return new SyslogReceiver(
                folder,
                certificates,
                // a template is one line
                SYSLOG_NG.replaceAll("S_ISODATE\\s+", "S_ISODATE "),
                command,
                Map.of("LD_LIBRARY_PATH", unpacked.libraries()));
    }

    /** The port for a transport: counted, lines, tls or udp. */
    private int port(String way) {
        return ports.get(way);
    }

    /** The settings of a sink that uses a transport: counted, lines, tls or udp. */
    public Map<String, String> settings(String way, Certificates certificates) {
        Map<String, String> settings = new HashMap<>();
        switch (way) {
            case "counted", "lines" -> {
                settings.put("url", "tcp://127.0.0.1:" + port(way));
                settings.put("framing", way);
            }
            case "tls" -> {
                settings.put("url", "tls://localhost:" + port(way));
                settings.put("ca", certificates.ca().toString());
            }
            default -> settings.put("url", "udp://127.0.0.1:" + port(way));
        }
        return settings;
    }

    /** Starts it, also after an end, and waits until it listens. */
    public void start() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        folder.resolve("server.out").toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
        Waiting.until("the server listens", this::listens);
    }

    private boolean listens() {
        if (!process.isAlive()) {
            try {
                throw new AssertionError(
                        command + " has ended: " + Files.readString(folder.resolve("server.out")));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        for (String way : List.of("counted", "lines", "tls")) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(way))) {
                socket.getPort();
            } catch (IOException e) {
                return false;
            }
        }
        return true;
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

    /** Removes everything that it has received so far. */
    public void forget() throws IOException {
        Files.deleteIfExists(folder.resolve("received.ndjson"));
    }

    /**
     * A message as the server understood it.
     *
     * @param data the parameters of our structured data element, unescaped
     */
    public record Received(
            int pri,
            String time,
            String host,
            String app,
            String procid,
            String msgid,
            String element,
            Map<String, String> data,
            String message) {}

    /** The messages that it has written, in order. */
    public List<Received> received() throws IOException {
        List<Received> all = new ArrayList<>();
        for (String line : WholeLines.read(folder.resolve("received.ndjson"))) {
            all.add(received(JSON.readTree(line)));
        }
        return all;
    }

    private static Received received(JsonNode line) throws IOException {
        JsonNode elements =
                line.has("data") ? JSON.readTree(line.path("data").asText()) : line.path("_SDATA");
        String element = elements.fieldNames().hasNext() ? elements.fieldNames().next() : "";
        Map<String, String> data = new TreeMap<>();
        elements.path(element)
                .properties()
                .forEach(entry -> data.put(entry.getKey(), entry.getValue().asText()));
        return new Received(
                line.path("pri").asInt(),
                line.path("time").asText().replace("+00:00", "Z"),
                line.path("host").asText(),
                line.path("app").asText(),
                line.path("procid").asText(),
                line.path("msgid").asText(),
                element,
                data,
                line.path("message").asText());
    }

    /** The ids of the documents that it has written, in order. */
    public List<String> ids() {
        try {
            return received().stream().map(one -> one.data().getOrDefault("id", "none")).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
