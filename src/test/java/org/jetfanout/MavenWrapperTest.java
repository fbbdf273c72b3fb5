package org.jetfanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./mvnw} where there is a JDK and neither Maven, curl, wget nor unzip: a distribution made
 * here stands for Maven.
 */
final class MavenWrapperTest {
    /** What every system has. */
    private static final List<String> PROGRAMS =
            List.of(
                    "uname",
                    "mktemp",
                    "mkdir",
                    "rm",
                    "mv",
                    "cat",
                    "tr",
                    "sha256sum",
                    "chmod",
                    "sh");

    @TempDir Path folder;
    private Path zip;

    @BeforeEach
    void bareMachine() throws IOException {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        for (String program : PROGRAMS) {
            String path = Programs.ok("sh", "-c", "command -v " + program).strip();
            Programs.write(bin.resolve(program), "#!/bin/sh\nexec " + path + " \"$@\"\n");
        }
        Files.copy(Path.of("mvnw"), folder.resolve("mvnw"));
        zip = folder.resolve("apache-maven-1-bin.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("apache-maven-1/bin/mvn"));
            write(out, "#!/bin/sh\necho \"Maven 1: $*\"\n");
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private Programs.Result mvnw(String checksum, String... words) throws IOException {
        Path properties = folder.resolve(".mvn/wrapper/maven-wrapper.properties");
        Files.createDirectories(properties.getParent());
        Files.writeString(
                properties,
                "distributionUrl=%s\ndistributionSha256Sum=%s\n".formatted(zip.toUri(), checksum));
        String[] command = new String[words.length + 1];
        command[0] = folder.resolve("mvnw").toString();
        System.arraycopy(words, 0, command, 1, words.length);
        return Programs.run(
                Map.of(
                        "PATH",
                        folder.resolve("bin").toString(),
                        "HOME",
                        folder.toString(),
                        "JAVA_HOME",
                        System.getProperty("java.home")),
                command);
    }

    @Test
    void fetchesMavenOnceAndRunsIt() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(zip));
        String checksum = HexFormat.of().formatHex(digest);
        assertThat(mvnw(checksum, "-B", "a b"))
                .isEqualTo(new Programs.Result(0, "Maven 1: -B a b\n"));
        Files.delete(zip);
        assertThat(mvnw(checksum, "again").output()).isEqualTo("Maven 1: again\n");
    }

    @Test
    void refusesWhatIsNotTheDistribution() throws IOException {
        Programs.Result refused = mvnw("0".repeat(64), "-B");
        assertThat(refused.exit()).isOne();
        assertThat(refused.output())
                .contains("Failed to validate Maven distribution SHA-256")
                .doesNotContain("Maven 1:");
    }

    @Test
    void whatIsFetchedIsPinned() throws IOException {
        assertThat(Files.readString(Path.of(".mvn/wrapper/maven-wrapper.properties")))
                .containsPattern("(?m)^distributionUrl=https://.*-bin\\.zip$")
                .containsPattern("(?m)^distributionSha256Sum=[0-9a-f]{64}$");
        assertThat(Path.of("mvnw")).isExecutable();
        assertThat(Path.of(".mvn/wrapper/maven-wrapper.jar")).doesNotExist();
    }
}
