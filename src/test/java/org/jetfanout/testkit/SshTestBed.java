package org.jetfanout.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jetfanout.ssh.Chunk;
import org.jetfanout.ssh.Deadlines;
import org.jetfanout.ssh.ExecStream;
import org.jetfanout.ssh.PassphrasePrompt;
import org.jetfanout.ssh.SshConnections;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.ssh.SshSession;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.ssh.agent.GuardBudget;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.ssh.agent.Signature;
import org.jetfanout.ssh.config.Destination;

/**
 * The common part of the tests of connections: a folder with known_hosts, ssh_config and keys, and
 * settings.
 */
public final class SshTestBed {
    /** For a machine that answers in the end: longer than a busy one takes. */
    public static final Deadlines PATIENT =
            new Deadlines(Duration.ofMinutes(3), Duration.ofMinutes(3));

    private final Path folder;

    /** Uses this folder. */
    public SshTestBed(Path folder) {
        this.folder = folder;
    }

    /** Shows all keys except the one that logs in. */
    public static final ShownKeys BUT_LOGIN = new ShownKeys(ShownKeys.Kind.BUT_LOGIN, List.of());

    /** A policy for a worker w1 with one host, and logins with any name. */
    public static GuardPolicy policy(String guid, ShownKeys keys, Consumer<Signature> signatures) {
        return new GuardPolicy(
                guid, "w1", keys, Set.of(), GuardBudget.of(1), signatures, trouble -> {});
    }

    /** The file known_hosts. */
    public Path knownHosts() {
        return folder.resolve("known_hosts");
    }

    /** The file ssh_config. */
    public Path config() {
        return folder.resolve("config");
    }

    /** Adds the host keys of these servers to known_hosts. */
    public void knows(OpenSshServer... servers) throws IOException {
        List<String> lines = new ArrayList<>();
        for (OpenSshServer server : servers) {
            lines.addAll(server.knownHostsLines());
        }
        Files.write(knownHosts(), lines);
    }

    /** Settings with identity files. */
    public SshSettings files(Keys.Pair... keys) {
        return settings(Optional.empty(), PassphrasePrompt.none(), keys);
    }

    /** Settings with an agent. */
    public SshSettings agent(SshAgent agent, Keys.Pair... keys) {
        return settings(Optional.of(agent.socket()), PassphrasePrompt.none(), keys);
    }

    /** Settings with an agent, a prompt and identity files. */
    public SshSettings settings(Optional<Path> agent, PassphrasePrompt prompt, Keys.Pair... keys) {
        List<Path> files = new ArrayList<>();
        for (Keys.Pair key : keys) {
            files.add(key.file());
        }
        return SshSettings.of(
                new SshFiles(List.of(knownHosts()), List.of(config()), files, List.of(), agent),
                prompt);
    }

    /** All of a command's stdout, as text. */
    public static String output(ExecStream stream) {
        StringBuilder text = new StringBuilder();
        while (stream.hasNext()) {
            Chunk chunk = stream.next();
            text.append(new String(chunk.bytes(), StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    /** Logs in, runs a command, and returns what it printed. */
    public static String run(SshConnections connections, Destination destination, String command) {
        try (SshSession session = connections.open(destination, PATIENT, Optional.empty())) {
            return output(session.exec(command, Optional.empty()));
        }
    }
}
