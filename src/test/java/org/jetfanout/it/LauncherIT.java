package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.testkit.CommandLines;
import org.jetfanout.testkit.Pom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher itself, on what the build has built. */
final class LauncherIT {
    @TempDir Path folder;

    /** The command that the README begins with. */
    @Test
    void runsTheDemo() throws Exception {
        CommandLines shell = CommandLines.ofOwnUser(folder);
        CommandLines.Ended demo =
                shell.run(Path.of("").toAbsolutePath(), Map.of(), "./jet-fanout demo");
        assertThat(demo.exit()).as(demo.err()).isZero();
        assertThat(demo.err())
                .contains("12 of 12 were configured exactly once")
                .doesNotContain("warning");
    }

    @Test
    void startsByALinkAndSaysNothingElse() throws Exception {
        CommandLines shell = CommandLines.ofOwnUser(folder);
        Path link =
                Files.createSymbolicLink(
                        folder.resolve("a link"), Path.of("jet-fanout").toAbsolutePath());
        CommandLines.Ended version = shell.run(folder, Map.of(), "'" + link + "' --version");
        assertThat(version.exit()).as(version.err()).isZero();
        assertThat(version.out())
                .matches(
                        "jet-fanout %s \\(commit [0-9a-f]{12}\\)\nJava \\d+[^\n]*, Camel %s\n"
                                .formatted(
                                        Pattern.quote(Pom.version()),
                                        Pattern.quote(Pom.property("camel.version"))));
        // the first start builds, and says so
        CommandLines.Ended again = shell.run(folder, Map.of(), "'" + link + "' --version");
        assertThat(again.err()).isEmpty();
        // what the build has left: without an archive each start takes a second longer
        try (Stream<Path> files = Files.walk(Path.of("target/start"))) {
            assertThat(
                            files.filter(Files::isRegularFile)
                                    .map(file -> file.getFileName().toString()))
                    .containsAnyOf("options.jsa", "options.aot")
                    .contains("locale");
        }
        // that of JDK 17 must hold the command line's own classes (Main says what keeps them out)
        try (Stream<Path> files = Files.walk(Path.of("target/start"))) {
            Path latest =
                    files.filter(file -> file.endsWith("training.log"))
                            .max(Comparator.comparing(file -> file.toFile().lastModified()))
                            .orElseThrow();
            if (Files.exists(latest.resolveSibling("options.jsa"))) {
                assertThat(latest).content().doesNotContain("Skipping picocli");
            }
        }
    }
}
