package org.jetfanout.it.faults;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jetfanout.it.compose.ArtemisHome;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Waiting;

/**
 * A primary and its backup: the released Artemis in two processes, with the script and the file of
 * compose/pair, TLS, and the users that docs/many.md describes.
 */
final class ArtemisPair implements AutoCloseable {
    private static final Path PAGE = Path.of("docs/many.md");
    private static final Path FILES = Path.of("compose/pair").toAbsolutePath();

    /** Starts sooner, and needs less, than what the script asks for. */
    private static final String SMALL =
            "-Xms64m -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dlog4j2.disableJmx=true"
                    + " --add-opens java.base/jdk.internal.misc=ALL-UNNAMED";

    private final Path folder;
    private final Path secrets;
    private final int[] ports = new int[2];

    // Mutable state
    private final Process[] processes = new Process[2];

    private ArtemisPair(Path folder) {
        this.folder = folder;
        this.secrets = folder.resolve("secrets");
    }

    /** Starts both; returns when the backup is ready to take over. */
    static ArtemisPair start(Path folder) throws IOException {
        Files.createDirectories(folder);
        ArtemisPair pair = new ArtemisPair(folder);
        pair.makeSecrets();
        for (int n = 0; n < 2; n++) {
            pair.ports[n] = FreePort.next();
        }
        pair.startPrimary();
        pair.start(1, "backup", "AMQ221031"); // backup announced
        return pair;
    }

    /** By the commands of the page. */
    private void makeSecrets() throws IOException {
        StringBuilder commands = new StringBuilder("set -e; cd '" + folder + "'\n");
        Files.readAllLines(PAGE).stream()
                .filter(line -> line.matches(" {4}(mkdir|for user|openssl|cat) .*"))
                .map(line -> line.replace("DNS:queue-1,DNS:queue-2", "IP:127.0.0.1"))
                .forEach(line -> commands.append(line.strip()).append('\n'));
        Programs.ok("sh", "-c", commands.toString());
    }

    private String password(String user) throws IOException {
        return Files.readString(secrets.resolve(user)).strip();
    }

    /** Starts the primary, or starts it again; returns when it serves. */
    void startPrimary() throws IOException {
        start(0, "primary", "AMQ221007"); // server is now active
    }

    private void start(int n, String role, String ready) throws IOException {
        Path log = folder.resolve(role + ".log");
        Files.deleteIfExists(log);
        ProcessBuilder builder =
                new ProcessBuilder(FILES.resolve("broker").toString(), role)
                        .redirectInput(new File("/dev/null"))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment()
                .putAll(
                        Map.of(
                                "ARTEMIS_HOME", ArtemisHome.folder().toString(),
                                "JAVA_HOME", System.getProperty("java.home"),
                                "JAVA_ARGS", SMALL,
                                "SECRETS", secrets.toString(),
                                "QUEUE_FILES", FILES.toString(),
                                "QUEUE_INSTANCE", folder.resolve(role).toString(),
                                "JAVA_ARGS_APPEND", settings(n)));
        processes[n] = builder.start();
        Waiting.until(
                "the " + role + " is ready",
                () -> {
                    if (!processes[n].isAlive()) {
                        throw new AssertionError(role + ": " + Files.readString(log));
                    }
                    return Files.readString(log).contains(ready);
                });
    }

    private String settings(int n) {
        List<String> words = new ArrayList<>();
        words.add("-Dqueue.data=" + folder.resolve("store"));
        words.add("-Dqueue.bind=127.0.0.1");
        words.add("-Dqueue.address=127.0.0.1");
        words.add("-Dqueue.port=" + ports[n]);
        words.add("-Dqueue.other=127.0.0.1");
        words.add("-Dqueue.other.port=" + ports[1 - n]);
        words.add("-Dqueue.ca=" + secrets.resolve("ca.pem"));
        words.add("-Dqueue.tls=" + secrets.resolve("tls.pem"));
        return String.join(" ", words);
    }

    /** What broker.yml of a user says of the pair. */
    String config(String user) throws IOException {
        return "  url: (tcp://127.0.0.1:%d,tcp://127.0.0.1:%d)\n  user: %s\n  password: %s\n  ca: %s\n"
                .formatted(ports[0], ports[1], user, password(user), secrets.resolve("ca.pem"));
    }

    /** {@code kill -STOP} of the primary: it hangs until it is killed. */
    void stopPrimary() {
        processes[0]
                .descendants()
                .forEach(child -> Programs.ok("kill", "-STOP", Long.toString(child.pid())));
        Programs.ok("kill", "-STOP", Long.toString(processes[0].pid()));
    }

    /** {@code kill -9} of the primary. */
    void killPrimary() {
        kill(0);
    }

    /** What the backup says contains this. */
    boolean backupSays(String text) {
        return Counting.linesOf(folder.resolve("backup.log")).stream()
                .anyMatch(line -> line.contains(text));
    }

    private void kill(int n) {
        if (processes[n] != null) {
            processes[n].descendants().forEach(ProcessHandle::destroyForcibly);
            processes[n].destroyForcibly();
            Waiting.until("it is gone", () -> !processes[n].isAlive());
        }
    }

    @Override
    public void close() {
        kill(0);
        kill(1);
    }
}
