package org.jetfanout.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PeopleTest {
    @TempDir Path folder;

    @Test
    void anybodyMayNoteWhatHeDoesAlsoAfterALineThatIsNotWhole() throws IOException {
        Path run = Files.createDirectory(folder.resolve("guid-1"));

        People.note(run, "ann", "started");
        Files.write(
                RunFile.PEOPLE.in(run),
                "{\"time\":\"2026".getBytes(UTF_8),
                StandardOpenOption.APPEND);
        People.note(run, "bob\n\"", "cancelled");

        List<JsonNode> rows = new ArrayList<>();
        assertThat(RunRecord.at(run).people(rows::add)).isEqualTo(1);
        assertThat(rows)
                .extracting(row -> row.path("who").asText())
                .containsExactly("ann", "bob\n\"");
        assertThat(rows)
                .extracting(row -> row.path("what").asText())
                .containsExactly("started", "cancelled");
        assertThat(rows)
                .allSatisfy(row -> assertThat(row.path("guid").asText()).isEqualTo("guid-1"));
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(RunFile.PEOPLE.in(run))))
                .isEqualTo("rw-------");
    }

    @Test
    void knowsWhoStarted() throws IOException {
        Path run = Files.createDirectory(folder.resolve("guid-2"));
        assertThat(People.starter(run)).isEmpty();
        People.note(run, "bob", "cancelled");
        assertThat(People.starter(run)).isEmpty();
        People.note(run, "ann", "started");
        assertThat(People.starter(run)).contains("ann");
    }
}
