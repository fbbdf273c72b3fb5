package org.jetfanout.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jetfanout.machine.Home;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files' lines go to workers. */
class KnownHostsFileTest {
    @TempDir Path folder;

    @Test
    void theUsersTheSystemsAndThoseThatSshConfigNames() throws IOException {
        Path home = Files.createDirectories(folder.resolve("home/.ssh")).getParent();
        Path system = Files.createDirectories(folder.resolve("etc"));
        Files.writeString(home.resolve(".ssh/known_hosts"), "h1 ssh-ed25519 A"); // without an end
        Files.writeString(system.resolve("ssh_known_hosts"), "h2 ssh-ed25519 B\n");
        Files.writeString(home.resolve("more keys"), "h3 ssh-ed25519 C\n");
        Files.writeString(home.resolve(".ssh/fleet"), "h4 ssh-ed25519 D\n");
        Files.writeString(
                home.resolve(".ssh/config"),
                """
                Host *.fleet
                  UserKnownHostsFile "~/more keys" ~/.ssh/known_hosts.%h
                  userknownhostsfile=%d/.ssh/fleet
                Host other
                  UserKnownHostsFile /dev/null
                  GlobalKnownHostsFile none
                """);
        String lines =
                new String(
                        KnownHostsFile.of(Home.of(Map.of("HOME", home.toString())), system),
                        StandardCharsets.UTF_8);
        assertEquals(
                "h1 ssh-ed25519 A|h2 ssh-ed25519 B|h3 ssh-ed25519 C|h4 ssh-ed25519 D",
                String.join("|", lines.lines().filter(line -> !line.isEmpty()).toList()));
    }
}
