package org.jetfanout.testkit.stores;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** OpenSearch from Maven Central, on the JDK of the tests. */
public final class OpenSearchServer {
    private static SearchServer shared;

    private OpenSearchServer() {}

    /** The server that all tests of this JVM share. Each test uses an index of its own. */
    public static synchronized SearchServer shared() {
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    /** A server for one caller, who may kill it or change its templates. */
    public static SearchServer start() {
        try {
            return SearchServer.start(Files.createTempDirectory("jetos"), command());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command() throws IOException {
        String jars =
                ServerClassPath.of("opensearch").stream()
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                jars,
                ServerClassPath.folder("opensearch").resolve("OpenSearchNode.java").toString());
    }
}
