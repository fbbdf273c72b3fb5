package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jetfanout.testkit.Pom;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The archives of a release: made of what the build has built, unpacked, and used. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DistIT {
    /**
     * A commit of this name is in no repository, so the first start of these archives is theirs.
     */
    private static final String COMMIT = "test";

    private static final Path DIST = Path.of("target/dist").toAbsolutePath();

    private Path folder;
    private String version;
    private Path archives;

    @BeforeAll
    void make(@TempDir Path shared) throws IOException {
        folder = shared;
        // the demo's workers are started as another user, if root runs the tests
        Programs.ok("chmod", "755", folder.toString());
        version = Pom.version();
        Programs.Result made =
                Programs.run(
                        Duration.ofMinutes(15),
                        // the bytes do not matter here, and better compression takes long
                        Map.of("JET_DIST_LEVEL", "1"),
                        "src/dist/package",
                        version,
                        COMMIT);
        assertThat(made.exit()).as(made.output()).isZero();
        archives = folder.resolve("dist");
        // another build follows, and this folder may be on another disk
        Programs.ok("cp", "-a", DIST.toString(), archives.toString());
    }

    @AfterAll
    void writable() {
        Programs.ok("chmod", "-R", "u+w", folder.toString());
        // JUnit would warn of each link out of its folder
        Programs.ok("find", folder.toString(), "-type", "l", "-delete");
    }

    private Path unpacked(String archive, String where) throws IOException {
        Path into = Files.createDirectory(folder.resolve(where));
        Programs.ok("tar", "-xzf", archives.resolve(archive).toString(), "-C", into.toString());
        return into.resolve("jet-fanout-" + version);
    }

    private Path withRuntime() throws IOException {
        try (Stream<Path> files = Files.list(archives)) {
            return files.filter(file -> file.toString().matches(".*-linux-[^/]+\\.tar\\.gz"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** A PATH with what a small Linux has. No java is on it. */
    private Path withoutJava(String where) throws IOException {
        Path bin = Files.createDirectory(folder.resolve(where));
        for (String program : List.of("/bin", "/usr/bin")) {
            try (Stream<Path> files = Files.list(Path.of(program))) {
                for (Path file : files.toList()) {
                    String name = file.getFileName().toString();
                    Path link = bin.resolve(name);
                    if (!name.startsWith("j") && !Files.exists(link)) {
                        Files.createSymbolicLink(link, file);
                    }
                }
            }
        }
        return bin;
    }

    private Programs.Result run(Path path, Path home, String... command) {
        return Programs.run(
                Map.of(),
                Stream.concat(
                                Stream.of("env", "-i", "PATH=" + path, "HOME=" + home),
                                Stream.of(command))
                        .toArray(String[]::new));
    }

    @Test
    void withARuntimeOfItsOwnFromAReadOnlyFolder() throws IOException {
        Path installed = unpacked(withRuntime().getFileName().toString(), "a place");
        Programs.ok("chmod", "-R", "a-w", installed.toString());
        Path home = Files.createDirectory(folder.resolve("home"));
        Path path = withoutJava("bin");
        Path program = installed.resolve("bin/jet-fanout");
        Programs.Result said = run(path, home, program.toString(), "--version");
        assertThat(said.output()).contains("jet-fanout " + version + " (commit ");
        Programs.Result demo = run(path, home, program.toString(), "demo");
        assertThat(demo.exit()).as(demo.output()).isZero();
        assertThat(demo.output())
                .contains("12 of 12 were configured exactly once")
                .doesNotContain("WARNING");
        // the page that says how, the routes to be copied, the licenses of what is inside
        assertThat(installed).isDirectoryContaining("glob:**/docs");
        assertThat(installed.resolve("routes/run.camel.yaml")).exists();
        assertThat(installed.resolve("runtime/legal/java.base/LICENSE")).exists();
        assertThat(
                        Programs.ok(
                                "sh",
                                "-c",
                                "gzip -dc '%s'"
                                        .formatted(
                                                installed.resolve(
                                                        "share/man/man1/jet-fanout-exec.1.gz"))))
                .startsWith(".TH JET-FANOUT-EXEC 1");
    }

    @Test
    void withTheJavaOfTheUser() throws IOException {
        Path installed = unpacked("jet-fanout-%s.tar.gz".formatted(version), "plain");
        Path home = Files.createDirectory(folder.resolve("other home"));
        Path link =
                Files.createSymbolicLink(
                        folder.resolve("jet-fanout"), installed.resolve("bin/jet-fanout"));
        Path none = withoutJava("nothing");
        Programs.Result without = run(none, home, link.toString(), "--version");
        assertThat(without.exit()).isEqualTo(78);
        assertThat(without.output())
                .startsWith("jet-fanout: no java found: install one, 17 or newer");
        String java = System.getProperty("java.home");
        Programs.Result first =
                run(none, home, "env", "JAVA_HOME=" + java, link.toString(), "--version");
        assertThat(first.output()).contains("preparing the start", "jet-fanout " + version);
        Programs.Result second =
                run(none, home, "env", "JAVA_HOME=" + java, link.toString(), "--version");
        assertThat(second.output()).startsWith("jet-fanout " + version);
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Programs.Result noCache =
                run(
                        none,
                        closed,
                        "env",
                        "JAVA_HOME=" + java,
                        "XDG_CACHE_HOME=/proc/none",
                        link.toString(),
                        "--version");
        assertThat(noCache.exit()).isEqualTo(78);
        assertThat(noCache.output())
                .contains("cannot write to the cache")
                .contains("XDG_CACHE_HOME");
    }

    /** By dpkg itself, in a folder that it takes for the root of a system. */
    @Test
    void debianInstallsAndPurgesIt() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        Path database = Files.createDirectories(root.resolve("var/lib/dpkg"));
        for (String file : List.of("status", "available")) {
            Files.createFile(database.resolve(file));
        }
        Files.createDirectory(database.resolve("updates"));
        Files.createDirectory(database.resolve("info"));
        String file;
        try (Stream<Path> files = Files.list(archives)) {
            file =
                    files.map(Path::toString)
                            .filter(name -> name.endsWith(".deb"))
                            .findFirst()
                            .orElseThrow();
        }
        dpkg(root, "-i", file);
        assertThat(root.resolve("opt/jet-fanout/runtime/bin/java")).isExecutable();
        assertThat(Files.readSymbolicLink(root.resolve("usr/bin/jet-fanout")))
                .isEqualTo(Path.of("/opt/jet-fanout/bin/jet-fanout"));
        assertThat(root.resolve("lib/systemd/system/jet-fanout-hand.service"))
                .content()
                .contains("ExecStart=/usr/bin/jet-fanout hand ");
        Files.writeString(root.resolve("etc/jet-fanout/README"), "mine");
        dpkg(root, "-i", file);
        assertThat(root.resolve("etc/jet-fanout/README")).hasContent("mine");
        dpkg(root, "--purge", "jet-fanout");
        assertThat(root.resolve("opt")).doesNotExist();
        assertThat(root.resolve("etc/jet-fanout")).doesNotExist();
        assertThat(root.resolve("usr/bin/jet-fanout")).doesNotExist();
    }

    private static void dpkg(Path root, String... words) {
        Programs.ok(
                Stream.concat(
                                Stream.of(
                                        "dpkg",
                                        "--root=" + root,
                                        "--force-depends",
                                        "--force-not-root",
                                        "--force-confold",
                                        "--log=/dev/null"),
                                Stream.of(words))
                        .toArray(String[]::new));
    }

    @Test
    void twoBuildsGiveTheSameBytes() throws IOException {
        Programs.ok(
                "env", "JET_DIST=plain", "JET_DIST_LEVEL=1", "src/dist/package", version, COMMIT);
        String archive = "jet-fanout-%s.tar.gz".formatted(version);
        assertThat(Files.mismatch(DIST.resolve(archive), archives.resolve(archive))).isEqualTo(-1);
        assertThat(archives.resolve("SHA256SUMS")).content().contains(archive, "linux-", ".deb");
        assertThat(Files.readAllLines(DIST.resolve("SHA256SUMS")).get(0))
                .isIn(Files.readAllLines(archives.resolve("SHA256SUMS")));
    }
}
