package org.jetfanout.it.compose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.testkit.Maven;

/** Artemis as it is released, from Maven Central: what its image has in /opt/artemis. */
public final class ArtemisHome {
    /** The newest that is there: the image, which is newer, is on Docker Hub alone. */
    private static final String VERSION = "2.56.0";

    private ArtemisHome() {}

    /** Its folder; fetched and unpacked the first time. */
    public static Path folder() throws IOException {
        Path folder = Path.of("target/servers/artemis").toAbsolutePath();
        Path home = folder.resolve("apache-artemis-" + VERSION);
        Path whole = folder.resolve("unpacked-" + VERSION);
        if (!Files.exists(whole)) {
            Files.createDirectories(folder);
            Maven.run(
                    "unpack",
                    folder.resolve("maven.log"),
                    "-Dartifact=org.apache.artemis:apache-artemis:" + VERSION + ":tar.gz:bin",
                    "-DoutputDirectory=" + folder);
            Files.createFile(whole);
        }
        return home;
    }
}
