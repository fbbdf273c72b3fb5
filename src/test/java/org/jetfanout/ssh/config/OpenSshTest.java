package org.jetfanout.ssh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jetfanout.machine.Home;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenSshTest {
    private static final Destination HOST = new Destination("w1", "w1", 0, "");

    @TempDir Path folder;

    /** What a program of Match exec says may change while the files stay as they are. */
    @Test
    void asksAgainAfterAWhile() throws IOException {
        Path flag = folder.resolve("flag");
        Path config =
                Files.writeString(
                        folder.resolve("config"),
                        "Match exec \"test -e " + flag + "\"\n Port 2244\n");
        String path = System.getenv("PATH");
        ConfigFiles files = ConfigFiles.read(List.of(config), Home.of(Map.of("HOME", "/none")));
        ConfigLine why = files.first("match").orElseThrow();
        assertThat(new OpenSsh(files, path).ask(HOST, why)).contains("port 22");
        Files.createFile(flag);
        assertThat(new OpenSsh(files, path).ask(HOST, why)).contains("port 22");
        assertThat(new OpenSsh(files, path, Duration.ZERO).ask(HOST, why)).contains("port 2244");
        Files.writeString(config, "Match exec \"test -e " + flag + "\"\n Port 2255\n");
        ConfigFiles changed = ConfigFiles.read(List.of(config), Home.of(Map.of("HOME", "/none")));
        assertThat(new OpenSsh(changed, path).ask(HOST, why)).contains("port 2255");
    }
}
