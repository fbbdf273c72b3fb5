package org.jetfanout.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.ssh.config.SshConfig;
import org.jetfanout.ssh.hostkeys.KnownHosts;
import org.jetfanout.text.Counted;

/** ssh_config, known_hosts and key files: whether they can be read, and mean something. */
record SshFilesExamination(SshFiles ssh, Map<String, String> environment, LocalPrograms programs)
        implements Examination {
    private static final String CONFIG = "ssh_config";
    private static final String KNOWN_HOSTS = "known_hosts";
    private static final String KEYS = "key files";
    private static final Set<PosixFilePermission> OF_OTHERS =
            Set.of(
                    PosixFilePermission.GROUP_READ,
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);

    @Override
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(config());
        findings.add(knownHosts());
        for (Path key : ssh.defaultIdentityFiles()) {
            keyFile(key, findings);
        }
        return findings;
    }

    private Finding config() {
        for (Path file : ssh.configs()) {
            if (cannotRead(file)) {
                return unreadable(CONFIG, file);
            }
        }
        try {
            SshConfig config = SshConfig.read(ssh.configs(), environment);
            if (config.asks() && programs.find("ssh").isEmpty()) {
                return Finding.missing(
                        CONFIG,
                        "it has settings that only ssh can evaluate (Match exec, for instance),"
                                + " and ssh is not installed",
                        "Install it (Debian: apt install openssh-client).");
            }
        } catch (ConfigurationException e) {
            return Finding.missing(CONFIG, e.getMessage(), "Correct the file.");
        }
        List<String> read =
                ssh.configs().stream().filter(Files::exists).map(Path::toString).toList();
        return Finding.ok(CONFIG, read.isEmpty() ? "none, which is fine" : String.join(", ", read));
    }

    private Finding knownHosts() {
        for (Path file : ssh.knownHosts()) {
            if (cannotRead(file)) {
                return unreadable(KNOWN_HOSTS, file);
            }
        }
        List<Path> here = ssh.knownHosts().stream().filter(Files::exists).toList();
        KnownHosts known = KnownHosts.read(here);
        if (known.size() == 0 && known.ignored().isEmpty()) {
            return Finding.warning(
                    KNOWN_HOSTS,
                    "no host key is known, so each worker is refused, unless ssh_config names"
                            + " other files",
                    "Log in to each worker once with ssh, or write the keys that you trust to %s."
                            .formatted(ssh.knownHosts().get(0)));
        }
        if (!known.ignored().isEmpty()) {
            return Finding.warning(
                    KNOWN_HOSTS,
                    "%s, of which %s cannot be read and %s: %s"
                            .formatted(
                                    Counted.text(known.size() + known.ignored().size(), "line"),
                                    known.ignored().size(),
                                    known.ignored().size() == 1 ? "is ignored" : "are ignored",
                                    known.ignored().get(0)),
                    "Correct or remove the line.");
        }
        return Finding.ok(KNOWN_HOSTS, Counted.text(known.size(), "line"));
    }

    private static void keyFile(Path key, List<Finding> findings) {
        if (!Files.exists(key)) {
            return;
        }
        if (!Files.isReadable(key)) {
            findings.add(unreadable(KEYS, key));
            return;
        }
        try {
            if (Files.getPosixFilePermissions(key).stream().anyMatch(OF_OTHERS::contains)) {
                findings.add(
                        Finding.warning(
                                KEYS,
                                key + " can be read by others: ssh and ssh-add refuse it",
                                "chmod 600 " + key));
            }
        } catch (IOException | UnsupportedOperationException e) {
            // a file system without modes
        }
    }

    /** Whether a file exists that cannot be read, or lies in a folder that cannot be searched. */
    private static boolean cannotRead(Path file) {
        if (Files.isDirectory(file)) {
            return true;
        }
        Path folder = file.getParent();
        return Files.exists(file)
                ? !Files.isReadable(file)
                : Files.isDirectory(folder) && !Files.isExecutable(folder);
    }

    private static Finding unreadable(String subject, Path file) {
        return Finding.missing(
                subject, file + " cannot be read", "Give this user the right to read it.");
    }
}
