package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Pom;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
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

    private static final Path SCRIPTS =
            Path.of("src/test/resources/org/jetfanout/it").toAbsolutePath();

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

    private Path debianPackage() throws IOException {
        try (Stream<Path> files = Files.list(archives)) {
            return files.filter(file -> file.toString().endsWith(".deb")).findFirst().orElseThrow();
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
        String file = debianPackage().toString();
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

    /** Runs a command in a root file system, with processes and mounts of its own. */
    private static Programs.Result elsewhere(Path root, String user, String... command) {
        return Programs.run(
                Duration.ofMinutes(8),
                Map.of(),
                Stream.concat(
                                Stream.of(
                                        "unshare",
                                        "--mount",
                                        "--pid",
                                        "--fork",
                                        "--kill-child",
                                        "sh",
                                        SCRIPTS.resolve("elsewhere.sh").toString(),
                                        root.toString(),
                                        user),
                                Stream.of(command))
                        .toArray(String[]::new));
    }

    /** A newcomer's machine: no Java, no Maven, an SSH server of its own. */
    @Test
    @Tag("fresh")
    void onAFreshDebian() throws IOException {
        Path fresh = Path.of(System.getenv("JET_TEST_DEBIAN"));
        Path log = Path.of(fresh + ".log");
        Waiting.until(
                "there is a fresh Debian",
                Duration.ofMinutes(10),
                () ->
                        Files.exists(fresh.resolve("ready"))
                                || Files.readString(log).endsWith("failed\n"));
        assertThat(fresh.resolve("ready")).as("see %s", log).exists();
        Path root = folder.resolve("debian");
        Programs.ok("cp", "-a", fresh.toString(), root.toString());
        Path archive = withRuntime();
        Files.copy(archive, root.resolve("srv").resolve(archive.getFileName()));
        List<String> lines =
                Files.readString(Path.of("README.md"))
                        .replaceFirst("(?s).*\n## Install it\n", "")
                        .replaceFirst("(?s)\n## .*", "")
                        .replace("VERSION", version)
                        .lines()
                        .filter(line -> line.startsWith("    "))
                        .map(String::strip)
                        .toList();
        assertThat(lines).hasSize(3);
        Files.write(
                root.resolve("srv/as-root-by-readme"),
                lines.stream()
                        .filter(line -> line.startsWith("sudo "))
                        .map(line -> line.substring("sudo ".length()))
                        .toList());
        Files.write(
                root.resolve("srv/by-readme"),
                lines.stream().filter(line -> !line.startsWith("sudo ")).toList());
        Files.copy(debianPackage(), root.resolve("srv/jet-fanout.deb"));
        Files.copy(SCRIPTS.resolve("newcomer.sh"), root.resolve("srv/newcomer.sh"));
        String port = Integer.toString(FreePort.next());
        Programs.Result newcomer = elsewhere(root, "0:0", "sh", "/srv/newcomer.sh", version, port);
        assertThat(newcomer.exit()).as(newcomer.output()).isZero();
        assertThat(newcomer.output())
                .contains("jet-fanout " + version + " (commit ")
                .contains("12 of 12 were configured exactly once")
                .contains("ok       agent: 2 keys: ")
                .contains("ok       start: with the class-data archive ")
                .contains("h1: I am ops", "h2: I am ops", "h3: I am ops")
                .contains("all 3 hosts ok", "the package came and went")
                .doesNotContain("WARNING");
        Programs.ok("rm", "-rf", root.toString());
    }

    /** By its parts, as a container runtime does: each with the digest that the next one names. */
    @Test
    @Tag("image")
    void theImage() throws Exception {
        Path layout = Files.createDirectory(folder.resolve("layout"));
        String image = "jet-fanout-%s-oci-x64.tar".formatted(version);
        Programs.ok("tar", "-xf", archives.resolve(image).toString(), "-C", layout.toString());
        ObjectMapper json = new ObjectMapper();
        JsonNode index = json.readTree(layout.resolve("index.json").toFile());
        JsonNode manifest = json.readTree(blob(layout, index.at("/manifests/0")));
        JsonNode config = json.readTree(blob(layout, manifest.get("config")));
        assertThat(config.at("/config/User").asText()).isEqualTo("10001:10001");
        assertThat(config.at("/config/Entrypoint/0").asText()).isEqualTo("/usr/bin/jet-fanout");
        assertThat(config.at("/config/Labels/org.opencontainers.image.version").asText())
                .isEqualTo(version);
        Path root = Files.createDirectory(folder.resolve("container"));
        for (int i = 0; i < manifest.get("layers").size(); i++) {
            Path layer = folder.resolve("layer.tar");
            try (InputStream in =
                    new GZIPInputStream(
                            new ByteArrayInputStream(blob(layout, manifest.at("/layers/" + i))))) {
                Files.copy(in, layer, StandardCopyOption.REPLACE_EXISTING);
            }
            assertThat("sha256:" + sha256(Files.readAllBytes(layer)))
                    .isEqualTo(config.at("/rootfs/diff_ids/" + i).asText());
            Programs.ok("tar", "-xpf", layer.toString(), "-C", root.toString());
        }
        Files.delete(folder.resolve("layer.tar"));
        assertThat(Programs.ok("find", root.toString(), "-type", "f", "-perm", "/6000")).isEmpty();
        String home = "HOME=/home/jet-fanout";
        String program = config.at("/config/Entrypoint/0").asText();
        String user = config.at("/config/User").asText();
        Programs.Result said = elsewhere(root, user, "env", home, program, "--version");
        assertThat(said.output()).contains("jet-fanout " + version + " (commit ");
        // its workers and hosts are reached by the image's own sh and ssh
        Programs.Result demo =
                elsewhere(root, user, "env", home, program, "demo", "--runner", "exec");
        assertThat(demo.exit()).as(demo.output()).isZero();
        assertThat(demo.output()).contains("12 of 12 were configured exactly once");
        Programs.ok("rm", "-rf", root.toString(), layout.toString());
    }

    /** The bytes that a description names, which must have its size and digest. */
    private static byte[] blob(Path layout, JsonNode description) throws Exception {
        String digest = description.get("digest").asText();
        byte[] bytes = Files.readAllBytes(layout.resolve("blobs/" + digest.replace(':', '/')));
        assertThat(bytes).hasSize(description.get("size").asInt());
        assertThat("sha256:" + sha256(bytes)).isEqualTo(digest);
        return bytes;
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /**
     * Everything, from the runtime and class-data archive of the first build: the JVM writes the
     * latter after a training run, and never the same twice.
     */
    @Test
    void twoBuildsGiveTheSameBytes() throws IOException {
        Programs.Result made =
                Programs.run(
                        Duration.ofMinutes(15),
                        Map.of(
                                "JET_DIST_LEVEL",
                                "1",
                                "JET_DIST_FROM",
                                archives.resolve(withRuntime().getFileName()).toString()),
                        "src/dist/package",
                        version,
                        COMMIT);
        assertThat(made.exit()).as(made.output()).isZero();
        assertThat(archives.resolve("SHA256SUMS"))
                .content()
                .contains("jet-fanout-%s.tar.gz".formatted(version), "linux-", ".deb", ".rb");
        assertThat(DIST.resolve("SHA256SUMS"))
                .hasSameTextualContentAs(archives.resolve("SHA256SUMS"));
    }

    @Test
    void theFormulaHasTheSumsOfThisBuild() throws IOException {
        String formula = Files.readString(archives.resolve("jet-fanout.rb"));
        assertThat(formula).contains("version \"" + version + "\"").doesNotContain("@");
        for (String line : Files.readAllLines(archives.resolve("SHA256SUMS"))) {
            if (line.endsWith(".tar.gz")) {
                assertThat(formula)
                        .contains("sha256 \"" + line.substring(0, line.indexOf(' ')) + "\"")
                        .contains("/" + line.substring(line.lastIndexOf(' ') + 1) + "\"");
            }
        }
    }

    /** What JReleaser uploads is all that was made. */
    @Test
    void theReleaseTakesAllOfThem() throws IOException {
        String release = Files.readString(Path.of("jreleaser.yml"));
        try (Stream<Path> files = Files.list(archives)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .allSatisfy(
                            name ->
                                    assertThat(release)
                                            .contains(
                                                    "- path: target/dist/"
                                                            + name.replace(
                                                                    version, "{{projectVersion}}")
                                                            + "\n"));
        }
    }
}
