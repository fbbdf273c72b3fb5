package org.jetfanout.it.compose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.ssh.Maven;

/** Artemis as it is released, from Maven Central: what its image has in /opt/activemq-artemis. */
final class ArtemisHome {
    private ArtemisHome() {}

    /** Its folder; fetched and unpacked the first time. */
    static Path ofVersion(String version) throws IOException {
        Path folder = Path.of("target/servers/artemis").toAbsolutePath();
        Path home = folder.resolve("apache-artemis-" + version);
        Path whole = folder.resolve("unpacked-" + version);
        if (!Files.exists(whole)) {
            Files.createDirectories(folder);
            Maven.run(
                    "unpack",
                    folder.resolve("maven.log"),
                    "-Dartifact=org.apache.activemq:apache-artemis:" + version + ":zip:bin",
                    "-DoutputDirectory=" + folder);
            Files.createFile(whole);
        }
        return home;
    }
}
