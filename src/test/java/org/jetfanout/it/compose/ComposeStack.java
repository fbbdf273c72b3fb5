package org.jetfanout.it.compose;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.TestUser;

/**
 * The services of docker-compose.yml without containers: each has a folder for its root, with what
 * the file mounts at the place where it mounts it, an address of loopback, and runs its own script.
 * Names are resolved by files: by Java's own, and by an {@code ssh} of the workers. What runs as
 * the user of an image runs here as the user who may log in, who is not root.
 */
final class ComposeStack implements AutoCloseable {
    private static final String SUBNET = "127.0.84.";
    private static final int LIMIT_SECONDS = 900;
    private static final String HOME = "/home/fanout";

    private final ComposeFile file;
    private final Path folder;
    private final List<String> asLogin;
    private final Map<String, String> addresses = new TreeMap<>();

    // Mutable state
    private final Map<String, Process> processes = new TreeMap<>();
    private final List<Forward> forwards = new ArrayList<>();

    private ComposeStack(ComposeFile file, Path folder, List<String> asLogin) {
        this.file = file;
        this.folder = folder;
        this.asLogin = asLogin;
        int last = 1;
        for (String service : file.services()) {
            addresses.put(service, SUBNET + last++);
        }
    }

    /** Lays out all that is mounted and built; starts nothing. */
    static ComposeStack prepared(ComposeFile file) throws IOException {
        Path folder = Files.createTempDirectory("jetc");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        ComposeStack stack = new ComposeStack(file, folder, TestUser.prefix());
        for (String service : file.services()) {
            stack.layOut(service);
        }
        stack.programs();
        TestUser.own(folder);
        return stack;
    }

    private void layOut(String service) throws IOException {
        Path scripts = Files.createDirectories(place(service, "/compose"));
        if (file.isOurs(service)) {
            copy(Path.of("compose/bin"), scripts);
            copy(Path.of("compose/sshd_config"), scripts.resolve("sshd_config"));
        }
        for (ComposeFile.Named volume : file.named(service)) {
            Path shared = Files.createDirectories(folder.resolve("volumes/" + volume.volume()));
            Path place = place(service, volume.target());
            Files.createDirectories(place.getParent());
            Files.createSymbolicLink(place, shared);
        }
        for (ComposeFile.Bind bind : file.binds(service)) {
            Path place = place(service, bind.target());
            Files.createDirectories(place.getParent());
            copy(bind.source(), place);
        }
        Files.createDirectories(home(service));
    }

    /** What images have installed, and what Docker's name service would do. */
    private void programs() throws IOException {
        Path image = Files.createDirectories(folder.resolve("opt/jet-fanout"));
        copy(Path.of("target/jet-fanout.jar"), image.resolve("jet-fanout.jar"));
        copy(Path.of("target/lib"), image.resolve("lib"));
        copy(Path.of("target/jet-fanout-service.jar"), image.resolve("jet-fanout-service.jar"));
        copy(Path.of("target/service-lib"), image.resolve("service-lib"));
        Path control = Files.createDirectories(folder.resolve("bin-of-control"));
        copy(Path.of("compose/bin/jet-fanout"), control.resolve("jet-fanout"));
        Path worker = Files.createDirectories(folder.resolve("bin-of-workers"));
        copy(Fleet.STAND_IN, worker.resolve("jetp"));
        Path config = folder.resolve("ssh_config");
        Files.writeString(config, names("Host %2$s\n  HostName %1$s\n"));
        Files.writeString(folder.resolve("hosts"), names("%1$s %2$s\n") + "127.0.0.1 localhost\n");
        Path ssh = worker.resolve("ssh");
        Files.writeString(
                ssh,
                "#!/bin/sh\n[ \"$1 $2\" = '-F none' ] || exit 1\nshift 2\nexec /usr/bin/ssh -F "
                        + config
                        + " \"$@\"\n");
        Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String names(String form) {
        return addresses.entrySet().stream()
                .map(entry -> form.formatted(entry.getValue(), entry.getKey()))
                .collect(Collectors.joining());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }

    /** A path of a service's container. */
    Path place(String service, String path) {
        return folder.resolve("containers/" + service + path);
    }

    /**
     * The user's home. Where a volume is mounted below it, it is that of the container; of others a
     * short path, for sockets are made below it.
     */
    Path home(String service) {
        return file.named(service).stream().anyMatch(named -> named.target().startsWith(HOME + "/"))
                ? place(service, HOME)
                : folder.resolve(service);
    }

    String address(String service) {
        return addresses.get(service);
    }

    /** Runs a one-shot script that must succeed, and gives what it says. */
    String runOnce(String service, String script, Map<String, String> environment) {
        List<String> words = new ArrayList<>(asLogin);
        words.add(place(service, script).toString());
        Programs.Result result = Programs.run(environment, words.toArray(String[]::new));
        if (result.exit() != 0) {
            throw new AssertionError(script + " says " + result);
        }
        return result.output();
    }

    /** Where the secrets of a service are: what its script takes from its environment. */
    String secrets(String service) {
        return place(service, "/secrets").toString();
    }

    /** Starts a worker or host; it has a home of its own although all are of one user. */
    void startMachine(String name) throws IOException {
        String path = folder.resolve("bin-of-workers") + ":/usr/local/bin:/usr/bin:/bin";
        start(
                name,
                true,
                List.of(
                        place(name, "/compose/machine").toString(),
                        name,
                        "-oListenAddress=" + address(name),
                        "-oSetEnv HOME=" + home(name) + " PATH=" + path),
                Map.of(
                        "SECRETS", secrets(name),
                        "SSHD_CONFIG", place(name, "/compose/sshd_config").toString()));
    }

    /** Lets a service be reached where its container would be, although it is elsewhere. */
    void forward(String service, int port, int target) throws IOException {
        forwards.add(Forward.at(address(service), port, target));
    }

    void startQueue(Path artemis) throws IOException {
        start(
                "queue",
                false,
                List.of(place("queue", "/compose/queue").toString()),
                Map.of(
                        "SECRETS", secrets("queue"),
                        "ARTEMIS_HOME", artemis.toString(),
                        "JAVA_HOME", System.getProperty("java.home"),
                        "QUEUE_INSTANCE", place("queue", "/var/lib/artemis-instance").toString(),
                        "QUEUE_CONFIG", place("queue", "/compose/broker.xml").toString(),
                        "JAVA_ARGS_APPEND",
                                "-Dqueue.address="
                                        + address("queue")
                                        + " -Dqueue.tls="
                                        + secrets("queue")
                                        + "/tls.pem"));
    }

    void startControl() throws IOException {
        start(
                "control",
                true,
                List.of(place("control", "/compose/control").toString()),
                controlEnvironment("control"));
    }

    /** Starts a hand or the service: the script of the control machine with another command. */
    void startWithKeys(String name) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(place(name, "/compose/control").toString());
        for (String word : file.command(name)) {
            words.add(inContainer(name, word));
        }
        start(name, true, words, controlEnvironment(name));
    }

    /** A word with the paths that the container has. */
    private String inContainer(String service, String word) {
        return word.replaceFirst("^/secrets/", secrets(service) + "/")
                .replaceFirst("^/home/fanout/", home(service) + "/")
                .replaceFirst("^/site/", place(service, "/site") + "/");
    }

    /** How a command ended, and what it printed. */
    record Ended(int exit, String out, String err) {}

    /** What {@code docker compose exec control} does: one command, to its end. */
    Ended onControl(String line) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(asLogin);
        String here = line.replace(" /secrets/", " " + secrets("control") + "/");
        words.addAll(List.of("sh", "-c", "cd \"$0\" && exec " + here));
        words.add(place("control", "/site").toString());
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        ProcessBuilder builder =
                new ProcessBuilder(words)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(controlEnvironment("control"));
        Process process = builder.start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running: " + line + "\n" + Files.readString(err));
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Map<String, String> controlEnvironment(String service) {
        Map<String, String> environment = new HashMap<>();
        String java = Path.of(System.getProperty("java.home"), "bin").toString();
        environment.put(
                "PATH",
                Stream.of(folder.resolve("bin-of-control").toString(), java, "/usr/bin", "/bin")
                        .collect(Collectors.joining(File.pathSeparator)));
        environment.put("HOME", home(service).toString());
        environment.put("USER", OpenSshServer.loginUser());
        environment.put("SECRETS", secrets(service));
        environment.put(
                "SSH_AUTH_SOCK", inContainer(service, file.environment(service, "SSH_AUTH_SOCK")));
        environment.put("JET_FANOUT_HOME", folder.resolve("opt/jet-fanout").toString());
        environment.put(
                "JET_FANOUT_JAVA_OPTIONS",
                "-Xmx512m -XX:TieredStopAtLevel=1 -Djdk.net.hosts.file="
                        + folder.resolve("hosts")
                        + " -Duser.home="
                        + home(service));
        return environment;
    }

    private void start(
            String service, boolean login, List<String> command, Map<String, String> environment)
            throws IOException {
        List<String> words = new ArrayList<>(login ? asLogin : List.of());
        words.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(words)
                        .directory(folder.toFile())
                        .redirectInput(new File("/dev/null"))
                        .redirectErrorStream(true)
                        .redirectOutput(log(service).toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        processes.put(service, builder.start());
    }

    private Path log(String service) {
        return folder.resolve(service + ".log");
    }

    /** What a service has printed. */
    String said(String service) {
        try {
            return Files.exists(log(service)) ? Files.readString(log(service)) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the service's own healthcheck is content. */
    void awaitHealthy(String service) throws InterruptedException {
        String[] check =
                file.healthcheck(service).stream()
                        .map(word -> word.replaceAll("127\\.0\\.0\\.1|localhost", address(service)))
                        .map(word -> inContainer(service, word))
                        .toArray(String[]::new);
        Map<String, String> environment =
                service.equals("control")
                        ? Map.of("SSH_AUTH_SOCK", controlEnvironment(service).get("SSH_AUTH_SOCK"))
                        : Map.of();
        Instant end = Instant.now().plusSeconds(LIMIT_SECONDS);
        while (Programs.run(environment, check).exit() != 0) {
            Process process = processes.get(service);
            if (process != null && !process.isAlive()) {
                throw new AssertionError(service + " has ended: " + said(service));
            }
            if (Instant.now().isAfter(end)) {
                throw new AssertionError(service + " does not become healthy: " + said(service));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @Override
    public void close() {
        forwards.forEach(Forward::close);
        processes
                .values()
                .forEach(
                        process -> {
                            process.descendants().forEach(ProcessHandle::destroyForcibly);
                            process.destroyForcibly();
                            process.onExit().join();
                        });
        Programs.run(Map.of(), "rm", "-rf", folder.toString());
    }
}
