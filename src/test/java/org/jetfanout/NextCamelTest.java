package org.jetfanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code .ci/next-camel}, which a workflow asks each week, with a repository of files. */
final class NextCamelTest {
    private static final String GROUP = "org/apache/camel";

    @TempDir Path repository;

    private void has(String version, List<String> components) throws IOException {
        for (String component : components) {
            Path folder = repository.resolve(GROUP).resolve(component).resolve(version);
            Files.createDirectories(folder);
            for (String kind : List.of("jar", "pom")) {
                Files.createFile(folder.resolve(component + "-" + version + "." + kind));
            }
        }
    }

    @Test
    void theNewestWithLongSupportOfWhichAllIsThere() throws IOException {
        List<String> components =
                Pattern.compile("<artifactId>(camel-[a-z0-9-]+)</artifactId>")
                        .matcher(Files.readString(Path.of("pom.xml")))
                        .results()
                        .map((MatchResult found) -> found.group(1))
                        .distinct()
                        .toList();
        assertThat(components).contains("camel-bom", "camel-ssh", "camel-sjms2");
        StringBuilder metadata = new StringBuilder("<metadata>\n");
        for (String version : List.of("4.14.9", "4.98.2", "4.98.10", "4.99.0", "4.102.0")) {
            metadata.append("<version>").append(version).append("</version>\n");
        }
        Path bom = Files.createDirectories(repository.resolve(GROUP).resolve("camel-bom"));
        Files.writeString(bom.resolve("maven-metadata.xml"), metadata);
        has("4.102.0", List.of("camel-bom"));
        assertThat(asked().output())
                .contains("4.102.0 lacks", " camel-ssh")
                .doesNotContain("4.14.9", "4.99.0");
        has("4.98.2", components);
        has("4.98.10", components);
        assertThat(asked().output().lines()).contains("4.98.10").doesNotContain("4.98.2");
    }

    private Programs.Result asked() {
        Programs.Result asked =
                Programs.run(Map.of(), ".ci/next-camel", repository.toUri().toString());
        assertThat(asked.exit()).as(asked.output()).isZero();
        return asked;
    }
}
