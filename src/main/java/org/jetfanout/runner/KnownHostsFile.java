package org.jetfanout.runner;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Home;

/**
 * The host keys that this machine knows, as one known_hosts file for workers: the user's and the
 * system's files, and those that ssh_config names. Pure functions, except that they read files.
 */
public final class KnownHostsFile {
    /** Its usual name in a bundle. */
    public static final String NAME = "known_hosts";

    private static final Path SYSTEM = Path.of("/etc/ssh");
    private static final Pattern NAMED =
            Pattern.compile("(?im)^\\s*(?:user|global)knownhostsfile(?:\\s*=\\s*|\\s+)(.+?)\\s*$");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    private KnownHostsFile() {}

    /** The lines of all files, each file once. A file that does not exist has none. */
    public static byte[] ofUser() {
        return of(Home.ofUser(), SYSTEM);
    }

    static byte[] of(Home home, Path system) {
        Path ssh = home.path().resolve(".ssh");
        Set<Path> files =
                new LinkedHashSet<>(
                        List.of(
                                ssh.resolve("known_hosts"),
                                ssh.resolve("known_hosts2"),
                                system.resolve("ssh_known_hosts"),
                                system.resolve("ssh_known_hosts2")));
        named(ssh.resolve("config"), home, files);
        named(system.resolve("ssh_config"), home, files);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path file : files) {
            if (Files.isRegularFile(file)) {
                all.writeBytes(bytes(file));
                all.write('\n');
            }
        }
        return all.toByteArray();
    }

    /** Adds the files that a configuration names for any host. Those with a token are left out. */
    private static void named(Path config, Home home, Set<Path> files) {
        if (!Files.isRegularFile(config)) {
            return;
        }
        Matcher lines = NAMED.matcher(new String(bytes(config), StandardCharsets.UTF_8));
        while (lines.find()) {
            Matcher words = WORD.matcher(lines.group(1));
            while (words.find()) {
                String word = words.group(1) == null ? words.group(2) : words.group(1);
                String text = word.startsWith("%d/") ? "~" + word.substring(2) : word;
                if (!text.contains("%") && !text.toLowerCase(Locale.ROOT).equals("none")) {
                    files.add(Path.of(home.expand(text)));
                }
            }
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be read: " + e.getMessage());
        }
    }
}
