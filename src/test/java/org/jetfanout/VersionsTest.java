package org.jetfanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jetfanout.testkit.Pom;
import org.junit.jupiter.api.Test;

/** Versions stand in pom.xml; where a file must repeat one, it is the same. */
final class VersionsTest {
    @Test
    void theImagesOfTheComposeFile() throws IOException {
        assertThat(all("docker-compose.yml", "image: jet-fanout-[a-z]+:(\\S+)"))
                .hasSizeGreaterThan(3)
                .containsOnly(Pom.version());
    }

    @Test
    void theChangelogTellsOfThisVersionFirst() throws IOException {
        assertThat(all("CHANGELOG.md", "(?m)^## \\[([^\\]]+)\\]"))
                .startsWith("Unreleased", Pom.version());
    }

    @Test
    void theSupportedVersions() throws IOException {
        String line = Pom.version().replaceFirst("\\.[^.]*$", "");
        assertThat(all("SECURITY.md", "(?m)^\\| (\\S+)\\.x +\\| yes")).containsExactly(line);
    }

    @Test
    void camelsOwnComponents() throws IOException {
        String camel = Pom.property("camel.version");
        assertThat(all("docs/sinks.md", "jet-fanout has \\(([^)]+)\\)")).containsExactly(camel);
        assertThat(all("docs/sinks.md", "-Dartifact=org\\.apache\\.camel:[^:]+:(\\S+)"))
                .containsExactly(camel);
    }

    @Test
    void thePluginThatFetchesTheBenchmarksServers() throws IOException {
        assertThat(all("benchmarks/bench/stores.py", "maven-dependency-plugin:([^:]+):"))
                .containsExactly(Pom.versionOf("maven-dependency-plugin"));
    }

    @Test
    void theBrokerOfTheBenchmarks() throws IOException {
        String home = "src/test/java/org/jetfanout/it/compose/ArtemisHome.java";
        assertThat(all("benchmarks/bench/hands.py", "ARTEMIS = \"([^\"]+)\""))
                .isEqualTo(all(home, "VERSION = \"([^\"]+)\""))
                .hasSize(1);
    }

    private static List<String> all(String file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(Path.of(file)))
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();
    }
}
