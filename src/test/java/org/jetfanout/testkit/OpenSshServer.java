package org.jetfanout.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.ssh.config.Destination;

/** A real sshd on a loopback address. It accepts logins of the {@link TestUser}. */
public final class OpenSshServer implements AutoCloseable {
    /** How many ports it tries. */
    private static final int TRIES = 5;

    private static final String TAKEN = "Address already in use";

    private final String address;
    private final int port;
    private final Path folder;
    private final List<Keys.Pair> hostKeys;
    // Mutable state: a restart replaces it
    private Process process;

    private OpenSshServer(String address, int port, Path folder, List<Keys.Pair> hostKeys) {
        this.address = address;
        this.port = port;
        this.folder = folder;
        this.hostKeys = hostKeys;
    }

    /** Prepares a server: {@code OpenSshServer.at("127.0.0.2").authorize(key).start()}. */
    public static Builder at(String address) {
        return new Builder(address);
    }

    /** The login name to use. It is never root. */
    public static String loginUser() {
        return TestUser.name();
    }

    /** The settings of a server. */
    public static final class Builder {
        private final String address;
        private final List<String> authorized = new ArrayList<>();
        private final List<String> options = new ArrayList<>();
        private final List<List<String>> hostKeyKinds = new ArrayList<>();
        private int port;

        private Builder(String address) {
            this.address = address;
        }

        /** Accepts these keys. */
        public Builder authorize(Keys.Pair... keys) {
            for (Keys.Pair key : keys) {
                authorized.add(key.publicLine());
            }
            return this;
        }

        /** Adds a line to sshd_config: {@code AllowAgentForwarding no}, {@code MaxStartups 100}… */
        public Builder option(String line) {
            options.add(line);
            return this;
        }

        /**
         * Adds a host key with these options for ssh-keygen. Without this, the server has an
         * ed25519 key.
         */
        public Builder hostKey(String... keygenOptions) {
            hostKeyKinds.add(List.of(keygenOptions));
            return this;
        }

        /** Sets the port. Without this, a free one is used. */
        public Builder port(int fixed) {
            port = fixed;
            return this;
        }

        /** Starts the server and waits until it listens. */
        public OpenSshServer start() throws IOException {
            prepare();
            Path folder = Files.createTempDirectory("jfsshd");
            // the login user reads authorized_keys below it
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            List<Keys.Pair> hostKeys = new ArrayList<>();
            if (hostKeyKinds.isEmpty()) {
                hostKeyKinds.add(List.of("-t", "ed25519"));
            }
            for (List<String> kind : hostKeyKinds) {
                hostKeys.add(
                        Keys.generate(
                                folder,
                                "host_key_" + hostKeys.size(),
                                "",
                                kind.toArray(String[]::new)));
            }
            Path keys = folder.resolve("authorized_keys");
            Files.write(keys, authorized);
            Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-r--r--"));
            List<String> config = new ArrayList<>(options); // sshd takes the first of each
            config.addAll(
                    List.of(
                            "ListenAddress " + address,
                            "PidFile none",
                            "UsePAM no",
                            "StrictModes no",
                            "PasswordAuthentication no",
                            "KbdInteractiveAuthentication no",
                            "LogLevel VERBOSE",
                            "Subsystem sftp internal-sftp",
                            "AuthorizedKeysFile " + keys));
            hostKeys.forEach(key -> config.add("HostKey " + key.file()));
            // of this option it takes the last
            if (options.stream().noneMatch(line -> line.startsWith("MaxStartups "))) {
                config.add("MaxStartups 500");
            }
            for (int left = port == 0 ? TRIES : 1; ; left--) {
                int listenPort = port == 0 ? FreePort.next() : port;
                Path file = folder.resolve("sshd_config");
                Files.write(file, config);
                Files.write(file, List.of("Port " + listenPort), StandardOpenOption.APPEND);
                OpenSshServer server = new OpenSshServer(address, listenPort, folder, hostKeys);
                // the port may be taken by now, or on another of the addresses
                Files.deleteIfExists(folder.resolve("log"));
                try {
                    server.restart();
                    if (left == 1 || !server.log().contains(TAKEN)) {
                        return server;
                    }
                    server.stop();
                } catch (IllegalStateException e) {
                    if (left == 1 || !server.log().contains(TAKEN)) {
                        throw e;
                    }
                }
            }
        }
    }

    /** The loopback address on which it listens. */
    public String address() {
        return address;
    }

    /** Its port. */
    public int port() {
        return port;
    }

    /** The destination of a login as the test user. */
    public Destination destination(String name) {
        return new Destination(name, address, port, loginUser());
    }

    /** A known_hosts line for each of its host keys. */
    public List<String> knownHostsLines() {
        return hostKeys.stream()
                .map(key -> "[" + address + "]:" + port + " " + key.blob())
                .toList();
    }

    /** Its host keys. */
    public List<Keys.Pair> hostKeys() {
        return hostKeys;
    }

    /** Everything that it has logged so far. */
    public String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its folder, which the users who log in can read. */
    public Path folder() {
        return folder;
    }

    /** The processes of its connections, with their commands. */
    public List<Long> connectionProcesses() {
        try (Stream<ProcessHandle> children = process.descendants()) {
            return children.map(ProcessHandle::pid).toList();
        }
    }

    /** Stops the processes of its connections (SIGSTOP), as if the machine hung. */
    public void freezeConnections() {
        signal("-STOP");
    }

    /** Continues frozen connections. */
    public void thawConnections() {
        signal("-CONT");
    }

    /** Kills its connections. */
    public void killConnections() {
        signal("-KILL");
    }

    /**
     * Kills the processes of sshd that serve connections, but not the processes that they started.
     */
    public void killSessions() {
        try (Stream<ProcessHandle> children = process.descendants()) {
            signal("-KILL", children.filter(OpenSshServer::isSshd).map(ProcessHandle::pid));
        }
    }

    /** Whether a process is sshd, or since OpenSSH 9.8 {@code sshd-session}. */
    private static boolean isSshd(ProcessHandle child) {
        String program = child.info().command().orElse("");
        return program.substring(program.lastIndexOf('/') + 1).startsWith("sshd");
    }

    private void signal(String name) {
        signal(name, connectionProcesses().stream());
    }

    private static void signal(String name, Stream<Long> processes) {
        String pids = processes.map(String::valueOf).collect(Collectors.joining(" "));
        if (!pids.isEmpty()) {
            // some may have ended by now
            Programs.run(Map.of(), "sh", "-c", "kill " + name + " " + pids);
        }
    }

    /**
     * Stops it as {@link #stop} does, and kills what logins have left in the background. Removes
     * its folder.
     */
    @Override
    public void close() {
        stop();
        MachineProcess.kill(process -> process.cameThrough(address, port));
        Programs.run(Map.of(), "rm", "-rf", folder.toString());
    }

    /** Starts it, also after {@link #halt}, and waits until it listens. */
    public void restart() throws IOException {
        process =
                new ProcessBuilder(
                                "/usr/sbin/sshd",
                                "-D",
                                "-e",
                                "-f",
                                folder.resolve("sshd_config").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                        .start();
        Waiting.until("sshd listens: " + folder.resolve("log"), this::listens);
    }

    /**
     * Kills it and the processes that serve its connections, but not the processes that they
     * started: jobs go on.
     */
    public void halt() {
        // it accepts nobody who comes again at once
        Programs.signal(process, "STOP");
        killSessions();
        process.destroyForcibly();
        Waiting.until("sshd is gone", () -> !process.isAlive());
    }

    /** Kills it and its connections; its port refuses connections from then on. */
    public void stop() {
        killConnections();
        process.destroyForcibly();
        Waiting.until("sshd is gone", () -> !process.isAlive());
        killConnections();
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new IllegalStateException("sshd ended: " + log());
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Prepares the login user, and the folder without which an sshd of root's does not start. */
    private static void prepare() throws IOException {
        TestUser.name();
        if (TestUser.isOther()) {
            Files.createDirectories(Path.of("/run/sshd"));
        }
    }

    @Override
    public String toString() {
        return address + ":" + port + Arrays.toString(hostKeys.toArray());
    }
}
