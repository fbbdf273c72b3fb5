package org.jetfanout.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What tests of connections share: a folder with known_hosts, ssh_config and keys, and settings.
 */
final class SshTestBed {
    private final Path folder;

    SshTestBed(Path folder) {
        this.folder = folder;
    }

    /** Shows all keys but the one that logs in. */
    static final ShownKeys BUT_LOGIN = new ShownKeys(ShownKeys.Kind.BUT_LOGIN, List.of());

    /** For a worker w1 with one host, and logins by any name. */
    static GuardPolicy policy(String guid, ShownKeys keys, Consumer<Signature> signatures) {
        return new GuardPolicy(
                guid, "w1", keys, Set.of(), GuardBudget.of(1), signatures, trouble -> {});
    }

    Path knownHosts() {
        return folder.resolve("known_hosts");
    }

    Path config() {
        return folder.resolve("config");
    }

    void knows(OpenSshServer... servers) throws IOException {
        List<String> lines = new ArrayList<>();
        for (OpenSshServer server : servers) {
            lines.addAll(server.knownHostsLines());
        }
        Files.write(knownHosts(), lines);
    }

    /** Settings with identity files. */
    SshSettings files(Keys.Pair... keys) {
        return settings(Optional.empty(), PassphrasePrompt.none(), keys);
    }

    /** Settings with an agent. */
    SshSettings agent(SshAgent agent, Keys.Pair... keys) {
        return settings(Optional.of(agent.socket()), PassphrasePrompt.none(), keys);
    }

    SshSettings settings(Optional<Path> agent, PassphrasePrompt prompt, Keys.Pair... keys) {
        List<Path> files = new ArrayList<>();
        for (Keys.Pair key : keys) {
            files.add(key.file());
        }
        return SshSettings.of(
                new SshFiles(List.of(knownHosts()), List.of(config()), files, List.of(), agent),
                prompt);
    }

    /** All of a command's stdout, as text. */
    static String output(ExecStream stream) {
        StringBuilder text = new StringBuilder();
        while (stream.hasNext()) {
            Chunk chunk = stream.next();
            text.append(new String(chunk.bytes(), StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    /** Logs in, runs a command, and gives what it printed. */
    static String run(SshConnections connections, Destination destination, String command) {
        try (SshSession session =
                connections.open(destination, Deadlines.standard(), Optional.empty())) {
            return output(session.exec(command, Optional.empty()));
        }
    }
}
