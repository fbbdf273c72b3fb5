package org.jetfanout.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.RunRequest;
import org.jetfanout.run.SinkRequest;
import org.jetfanout.runner.jetp.JetpOptions;
import org.jetfanout.runner.jetp.PlaybookRequest;
import org.jetfanout.site.playbook.HostLimits;
import org.jetfanout.site.workers.RolloutRules;
import org.jetfanout.ssh.PassphrasePrompt;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.TestUser;

/**
 * A control machine with an agent, an inventory and a workers.yml, and workers with homes of their
 * own in which programs may be put.
 */
public final class CheckBed implements AutoCloseable {
    public final Path folder;
    public final Keys.Pair workerKey;
    public final Keys.Pair hostKey;
    public final SshAgent agent;
    private final Map<String, OpenSshServer> workers = new java.util.TreeMap<>();
    private final List<Path> homes = new ArrayList<>();
    private final List<String> knownHosts = new ArrayList<>();

    public CheckBed(Path folder) throws IOException {
        this.folder = folder;
        workerKey = Keys.ed25519(folder, "worker_key");
        hostKey = Keys.ed25519(folder, "host_key");
        agent = SshAgent.start(workerKey, hostKey);
        Files.createDirectories(folder.resolve("inv/groups"));
        Files.createDirectories(folder.resolve("inv/host_vars"));
        Files.writeString(folder.resolve("inv/groups/web"), "hosts: [ h1, h2, h3 ]\n");
        Files.writeString(folder.resolve("config"), "");
        settings("");
    }

    /** A home for a worker; it has {@code bin/jetp}, and {@code bin} comes first in the PATH. */
    public Path home() throws IOException {
        Path home = Files.createTempDirectory("jfhome");
        homes.add(home);
        program(home, "jetp", "echo 'jetp 0.1.1'");
        own(home);
        return home;
    }

    /** Puts a shell script into the {@code bin} of a home. */
    public void program(Path home, String name, String text) throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        Path file = Programs.write(bin.resolve(name), "#!/bin/sh\n" + text + "\n");
        for (Path path : List.of(home, bin, file)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static void own(Path path) {
        TestUser.own(path);
    }

    /** Starts a worker that the control machine knows. */
    public OpenSshServer worker(String name, Path home, String... options) throws IOException {
        OpenSshServer server = strange(name, home, options);
        knownHosts.addAll(server.knownHostsLines());
        return server;
    }

    /** Starts a worker that the control machine does not know. */
    public OpenSshServer strange(String name, Path home, String... options) throws IOException {
        OpenSshServer.Builder builder =
                OpenSshServer.at("127.0.0." + (2 + workers.size()))
                        .authorize(workerKey)
                        .option("SetEnv HOME=" + home + " PATH=" + home + "/bin:/usr/bin:/bin");
        for (String option : options) {
            builder.option(option);
        }
        OpenSshServer server = builder.start();
        workers.put(name, server);
        vars(name, "jet_ssh_user: " + OpenSshServer.loginUser());
        return server;
    }

    /** The variables of a worker beside its address. */
    public void vars(String name, String yaml) throws IOException {
        OpenSshServer server = workers.get(name);
        Files.writeString(
                folder.resolve("inv/host_vars/" + name),
                "jet_ssh_hostname: %s\njet_ssh_port: %d\n%s\n"
                        .formatted(server.address(), server.port(), yaml));
        Files.writeString(
                folder.resolve("inv/groups/wk"),
                "hosts: [ " + String.join(", ", workers.keySet()) + " ]\n");
    }

    /** More lines for workers.yml. */
    public void settings(String lines) throws IOException {
        Files.writeString(
                folder.resolve("workers.yml"),
                "workers:\n  map: [ { from: web, to: wk } ]\n"
                        + (lines.contains("jetp:") ? "" : "  jetp: ~/bin/jetp\n")
                        + lines.indent(2));
    }

    public SshSettings ssh() throws IOException {
        Path known = Files.write(folder.resolve("known_hosts"), knownHosts);
        return SshSettings.of(
                new SshFiles(
                        List.of(known),
                        List.of(folder.resolve("config")),
                        List.of(workerKey.file()),
                        List.of(),
                        Optional.of(agent.socket())),
                PassphrasePrompt.none());
    }

    public CheckReport check() throws IOException {
        List<String> warnings = new ArrayList<>();
        return check(CheckedRequest.read(request(), warnings::add), ssh());
    }

    private static CheckReport check(CheckedRequest prepared, SshSettings ssh) {
        return new Check(prepared, ssh, prepared.requireAgent(ssh)).run();
    }

    /** Checks the one worker that there is. */
    public WorkerCheck checkOne() throws IOException {
        CheckReport report = check();
        return report.workers().get(0);
    }

    public RunRequest request() {
        return new RunRequest(
                new PlaybookRequest(
                        List.of(),
                        List.of(folder.resolve("inv")),
                        List.of(),
                        List.of(),
                        HostLimits.none(),
                        List.of(),
                        new JetpOptions(
                                "ssh",
                                Optional.of("fan"),
                                OptionalInt.empty(),
                                OptionalInt.empty(),
                                Optional.empty(),
                                List.of(),
                                0,
                                false,
                                false)),
                folder.resolve("workers.yml"),
                2,
                Optional.empty(),
                RolloutRules.NONE,
                Optional.empty(),
                Optional.empty(),
                SinkRequest.NONE);
    }

    /** Everything in a home, with times and sizes. */
    public static String listing(Path home) {
        return Programs.ok("find", home.toString(), "-printf", "%p %T@ %s %m\n");
    }

    @Override
    public void close() {
        workers.values().forEach(OpenSshServer::close);
        agent.close();
        for (Path home : homes) {
            try (Stream<Path> files = Files.walk(home)) {
                for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
