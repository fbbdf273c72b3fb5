package org.jetfanout.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Workers and hosts for a class of tests. One real sshd listens on several loopback addresses, and
 * each address is a machine with a home of its own. An ssh-agent holds two keys: one for workers
 * and one for hosts. Registered as an extension ({@code @RegisterExtension static final Fleet}), it
 * ends with the class.
 */
public final class Fleet implements AfterAllCallback, AutoCloseable {
    /** The stand-in for jetp. */
    public static final Path STAND_IN = Path.of("src/stand-in/jetp");

    /** The number of addresses on which one sshd can listen (MAX_LISTEN_SOCKS). */
    private static final int MOST_SOCKETS = 16;

    private final Path folder;
    private final List<String> workers;
    private final Keys.Pair workerKey;
    private final Keys.Pair hostKey;
    private final OpenSshServer server;
    private final OpenSshServer hosts;
    private final SshAgent agent;

    private Fleet(
            Path folder,
            List<String> workers,
            Keys.Pair workerKey,
            Keys.Pair hostKey,
            OpenSshServer server,
            OpenSshServer hosts,
            SshAgent agent) {
        this.folder = folder;
        this.workers = workers;
        this.workerKey = workerKey;
        this.hostKey = hostKey;
        this.server = server;
        this.hosts = hosts;
        this.agent = agent;
    }

    /**
     * Starts this many workers, at 127.0.SUBNET.1 and up, and as many addresses of hosts after
     * them.
     */
    public static Fleet start(int subnet, int count) {
        return start(subnet, count, List.of());
    }

    /**
     * Starts workers with these lines in their sshd_config.
     *
     * @param options {@code MaxStartups 10:30:100} for instance
     */
    public static Fleet start(int subnet, int count, List<String> options) {
        try {
            return started(subnet, count, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Fleet started(int subnet, int count, List<String> options) throws IOException {
        Path folder = Files.createTempDirectory("jetit");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> workers = addresses(subnet, count);
        Keys.Pair workerKey = Keys.ed25519(folder, "key-of-workers");
        Keys.Pair hostKey = Keys.ed25519(folder, "key-of-hosts");
        OpenSshServer server = machines(folder, workers, workerKey, options);
        OpenSshServer hosts = machines(folder, addresses(subnet + 1, count), hostKey, List.of());
        Programs.write(folder.resolve("jetp"), Files.readString(STAND_IN));
        return new Fleet(
                folder,
                workers,
                workerKey,
                hostKey,
                server,
                hosts,
                SshAgent.start(workerKey, hostKey));
    }

    private static List<String> addresses(int subnet, int count) {
        return Stream.iterate(1, n -> n <= count, n -> n + 1)
                .map(n -> "127.0." + subnet + "." + n)
                .toList();
    }

    private static OpenSshServer machines(
            Path folder, List<String> addresses, Keys.Pair key, List<String> options)
            throws IOException {
        boolean each = addresses.size() <= MOST_SOCKETS;
        OpenSshServer.Builder builder =
                OpenSshServer.at(each ? addresses.get(0) : "0.0.0.0").authorize(key);
        List<String> homes = new ArrayList<>();
        for (String address : addresses) {
            Path home = Files.createDirectory(folder.resolve(address));
            Programs.ok("chown", OpenSshServer.loginUser(), home.toString());
            homes.add("Match LocalAddress " + address);
            homes.add("SetEnv HOME=" + home);
        }
        // in a file of its own, because a Match block goes to the end of its file
        Path match = Files.write(folder.resolve("homes-of-" + addresses.get(0)), homes);
        builder.option("Include " + match);
        options.forEach(builder::option);
        if (each) {
            addresses.stream()
                    .skip(1)
                    .forEach(address -> builder.option("ListenAddress " + address));
        }
        return builder.start();
    }

    /** The content of a test resource. */
    public static byte[] resource(String name) throws IOException {
        try (var in = Fleet.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    /** Writes a program that every worker has. Returns its path there. */
    public Path program(String name, String text) throws IOException {
        return Programs.write(folder.resolve(name), text);
    }

    /**
     * Writes a runner that does something, waits until a file is there, and then does what the
     * stand-in for jetp does. Returns its path on the workers. There is one: the next call replaces
     * it.
     *
     * @param first a shell command, {@code echo begun} for instance
     * @param go the file, at the same path for all workers
     */
    public Path held(String first, Path go) throws IOException {
        return program(
                "held-jetp",
                """
                #!/bin/sh
                %s
                until [ -e '%s' ]; do sleep 0.1; done
                exec %s "$@"
                """
                        .formatted(first, go, jetp()));
    }

    /** The path of the stand-in for jetp on the workers. */
    public Path jetp() {
        return folder.resolve("jetp");
    }

    /** The address of the n-th worker, from 1. */
    public String worker(int n) {
        return workers.get(n - 1);
    }

    /** The address of the n-th host, from 1. */
    public String host(int n) {
        return "127.0." + (Integer.parseInt(worker(1).split("\\.", -1)[2]) + 1) + "." + n;
    }

    /** How many workers there are. */
    public int workers() {
        return workers.size();
    }

    /** The port of the workers. */
    public int port() {
        return server.port();
    }

    /** The port of the hosts. */
    public int hostPort() {
        return hosts.port();
    }

    /** The sshd of the workers. */
    public OpenSshServer server() {
        return server;
    }

    /** The sshd of the hosts. */
    public OpenSshServer hostServer() {
        return hosts;
    }

    /** The agent with both keys. */
    public SshAgent agent() {
        return agent;
    }

    /** The key for logins to workers. */
    public Keys.Pair workerKey() {
        return workerKey;
    }

    /** The key for logins to hosts. */
    public Keys.Pair hostKey() {
        return hostKey;
    }

    /** The home on a host, from 1. */
    public Path hostHome(int host) {
        return folder.resolve(host(host));
    }

    /** The home on a worker, from 1. */
    public Path home(int worker) {
        return folder.resolve(worker(worker));
    }

    /** The lines of known_hosts for all workers. */
    public List<String> knownHosts() {
        String key = server.hostKeys().get(0).blob();
        return workers.stream()
                .map(address -> "[" + address + "]:" + server.port() + " " + key)
                .toList();
    }

    /** The folder of a batch's job on a worker. */
    public Path job(int worker, String guid, String batch) {
        return home(worker).resolve(".jet-fanout").resolve(guid).resolve(batch);
    }

    /** The starts that the stand-in noted for a run: {@code GUID BATCH HOSTS}. */
    public List<String> starts(String guid) throws IOException {
        List<String> starts = new ArrayList<>();
        for (int n = 1; n <= workers.size(); n++) {
            Path file = home(n).resolve("stand-in-starts");
            if (Files.exists(file)) {
                starts.addAll(Files.readAllLines(file));
            }
        }
        starts.removeIf(line -> !line.startsWith(guid));
        return starts;
    }

    /** How many jobs the workers have, of all runs. */
    public long jobs() throws IOException {
        long jobs = 0;
        for (int n = 1; n <= workers.size(); n++) {
            Path all = home(n).resolve(".jet-fanout");
            if (Files.exists(all)) {
                try (Stream<Path> runs = Files.list(all)) {
                    // .swept is no job: it is written a moment after the end of one
                    jobs +=
                            runs.filter(run -> !run.getFileName().toString().startsWith("."))
                                    .count();
                }
            }
        }
        return jobs;
    }

    /** Removes the folders of all jobs. */
    public void forgetJobs() {
        for (int n = 1; n <= workers.size(); n++) {
            Programs.ok("rm", "-rf", home(n).resolve(".jet-fanout").toString());
        }
    }

    /** The processes of all jobs on the workers, with those that they left in the background. */
    public List<MachineProcess> processesOfWorkers() {
        return MachineProcess.all().stream().filter(process -> isOf(workers, process)).toList();
    }

    /** The processes of all logins to hosts, with those that they left in the background. */
    public List<MachineProcess> processesOfHosts() {
        return MachineProcess.all().stream().filter(process -> isOf(hosts(), process)).toList();
    }

    private List<String> hosts() {
        return Stream.iterate(1, n -> n <= workers(), n -> n + 1).map(this::host).toList();
    }

    private boolean isOf(List<String> machines, MachineProcess process) {
        return machines.stream().map(folder::resolve).anyMatch(process::belongsTo);
    }

    @Override
    public void afterAll(ExtensionContext tests) {
        close();
    }

    /** Ends the servers and all processes of the machines: jobs outlive their connections. */
    @Override
    public void close() {
        agent.close();
        server.close();
        hosts.close();
        List<String> hosts = hosts();
        MachineProcess.kill(process -> isOf(workers, process) || isOf(hosts, process));
    }
}
