package org.jetfanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One name, one class (docs/words.md): in the program, the demo and the tests. */
class ClassNamesTest {
    @Test
    void noTwoClassesShareASimpleName() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            Map<String, List<Path>> byName =
                    files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> !file.endsWith("package-info.java"))
                            .collect(
                                    Collectors.groupingBy(
                                            file -> file.getFileName().toString(),
                                            TreeMap::new,
                                            Collectors.toList()));
            assertThat(byName).hasSizeGreaterThan(400);
            byName.values().removeIf(same -> same.size() == 1);
            assertThat(byName).isEmpty();
        }
    }
}
