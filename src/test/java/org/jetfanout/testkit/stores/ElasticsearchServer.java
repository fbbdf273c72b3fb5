package org.jetfanout.testkit.stores;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Elasticsearch from Maven Central, on a JDK 21 or newer: the one in the environment variable
 * {@code JET_TEST_JDK}, the tests' own, or one in {@code /usr/lib/jvm}. Of its modules it has only
 * the transport, so {@code GET /} and {@code GET /_data_stream}, for instance, do not work.
 */
public final class ElasticsearchServer {
    private static final int LEAST_JAVA = 21;
    private static final String DESCRIPTION = "META-INF/es-plugins/transport-netty4/";

    private static SearchServer shared;

    private ElasticsearchServer() {}

    /** The server that all tests of this JVM share. Each test uses an index of its own. */
    public static synchronized SearchServer shared() {
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    /** A server for one caller, who may kill it. */
    public static SearchServer start() {
        try {
            Path folder = Files.createTempDirectory("jetes");
            return SearchServer.start(folder, command(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(Path folder) throws IOException {
        Path jdk =
                jdk().orElseThrow(
                                () ->
                                        new IOException(
                                                "Elasticsearch needs a JDK 21 or newer, and none is"
                                                        + " in /usr/lib/jvm: install one, or name"
                                                        + " its folder in JET_TEST_JDK"));
        List<Path> jars = ServerClassPath.of("elasticsearch");
        modules(folder, jars);
        Path config = Files.createDirectories(folder.resolve("config"));
        Files.writeString(
                config.resolve("log4j2.properties"),
                """
                rootLogger.level = warn
                appender.console.type = Console
                appender.console.name = console
                appender.console.layout.type = PatternLayout
                appender.console.layout.pattern = %d %p %c{1.} %m%n
                rootLogger.appenderRef.console.ref = console
                """);
        String modulePath =
                jars.stream()
                        .filter(jar -> !isTransport(jar))
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator));
        return List.of(
                jdk.resolve("bin/java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--add-modules",
                "ALL-MODULE-PATH",
                "-p",
                modulePath,
                ServerClassPath.folder("elasticsearch")
                        .resolve("ElasticsearchNode.java")
                        .toString());
    }

    private static boolean isTransport(Path jar) {
        String name = jar.getFileName().toString();
        return name.startsWith("netty-") || name.startsWith("transport-netty4-");
    }

    /** Makes the layout of a distribution: a module is a folder with its jars and descriptor. */
    private static void modules(Path folder, List<Path> jars) throws IOException {
        Path module = Files.createDirectories(folder.resolve("modules/transport-netty4"));
        Files.createDirectories(folder.resolve("plugins"));
        for (Path jar : jars) {
            if (!isTransport(jar)) {
                continue;
            }
            Files.copy(jar, module.resolve(jar.getFileName()));
            try (JarFile opened = new JarFile(jar.toFile())) {
                Enumeration<JarEntry> entries = opened.entries();
                while (entries.hasMoreElements()) {
                    JarEntry entry = entries.nextElement();
                    if (entry.getName().startsWith(DESCRIPTION) && !entry.isDirectory()) {
                        String name = entry.getName().substring(DESCRIPTION.length());
                        Files.copy(opened.getInputStream(entry), module.resolve(name));
                    }
                }
            }
        }
    }

    private static Optional<Path> jdk() throws IOException {
        List<Path> candidates = new ArrayList<>();
        Optional.ofNullable(System.getenv("JET_TEST_JDK")).map(Path::of).ifPresent(candidates::add);
        candidates.add(Path.of(System.getProperty("java.home")));
        Path all = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(all)) {
            try (Stream<Path> installed = Files.list(all)) {
                installed.sorted().forEach(candidates::add);
            }
        }
        for (Path candidate : candidates) {
            if (version(candidate) >= LEAST_JAVA) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** The feature version of a JDK; 0 where the folder is none. */
    private static int version(Path jdk) throws IOException {
        Path release = jdk.resolve("release");
        // a JRE is not enough, because the main class is compiled at the start
        if (!Files.exists(release) || !Files.exists(jdk.resolve("bin/javac"))) {
            return 0;
        }
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(release)) {
            properties.load(in);
        }
        String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
        return Integer.parseInt(version.split("\\.", -1)[0]);
    }
}
