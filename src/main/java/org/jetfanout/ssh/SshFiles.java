package org.jetfanout.ssh;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files and the socket of the user's SSH configuration.
 *
 * @param knownHosts files of known host keys; missing files are skipped
 * @param configs ssh_config files, first value wins
 * @param identityFiles keys named by option, tried first; they must exist
 * @param defaultIdentityFiles keys tried where none is named
 * @param agentSocket the ssh-agent's socket; empty for none
 */
public record SshFiles(
        List<Path> knownHosts,
        List<Path> configs,
        List<Path> identityFiles,
        List<Path> defaultIdentityFiles,
        Optional<Path> agentSocket) {
    private static final Path SYSTEM = Path.of("/etc/ssh");

    /** Copies the lists. */
    public SshFiles {
        knownHosts = List.copyOf(knownHosts);
        configs = List.copyOf(configs);
        identityFiles = List.copyOf(identityFiles);
        defaultIdentityFiles = List.copyOf(defaultIdentityFiles);
    }

    /**
     * The files of known host keys for a machine.
     *
     * @param user files that replace the user's; empty for the user's own
     * @param global files that replace the system's; empty for the system's own
     */
    List<Path> knownHosts(Optional<List<Path>> user, Optional<List<Path>> global) {
        if (user.isEmpty() && global.isEmpty()) {
            return knownHosts;
        }
        return Stream.concat(
                        user.orElseGet(() -> usual(false)).stream(),
                        global.orElseGet(() -> usual(true)).stream())
                .toList();
    }

    private List<Path> usual(boolean system) {
        return knownHosts.stream().filter(file -> file.startsWith(SYSTEM) == system).toList();
    }

    /**
     * The files where OpenSSH looks for them.
     *
     * @param environment of the process, for SSH_AUTH_SOCK
     * @param home the user's home directory
     */
    public static SshFiles ofUser(Map<String, String> environment, Path home) {
        Path ssh = home.resolve(".ssh");
        String socket = environment.getOrDefault("SSH_AUTH_SOCK", "");
        return new SshFiles(
                List.of(
                        ssh.resolve("known_hosts"),
                        ssh.resolve("known_hosts2"),
                        SYSTEM.resolve("ssh_known_hosts"),
                        SYSTEM.resolve("ssh_known_hosts2")),
                List.of(ssh.resolve("config"), SYSTEM.resolve("ssh_config")),
                List.of(),
                Stream.of("id_ed25519", "id_ecdsa", "id_rsa").map(ssh::resolve).toList(),
                socket.isEmpty() ? Optional.empty() : Optional.of(Path.of(socket)));
    }
}
