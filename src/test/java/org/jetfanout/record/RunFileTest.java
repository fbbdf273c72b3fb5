package org.jetfanout.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/record.md names every file of a run record. */
class RunFileTest {
    private static final Path DOCS = Path.of("docs/record.md");

    @ParameterizedTest
    @EnumSource
    void isInTheDocs(RunFile file) throws IOException {
        assertThat(Files.readString(DOCS, UTF_8))
                .containsPattern("(?m)^\\| " + file.path() + "[/ ]|`" + file.path() + "/?`");
    }
}
