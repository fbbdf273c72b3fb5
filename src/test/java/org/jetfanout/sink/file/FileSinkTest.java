package org.jetfanout.sink.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.testkit.stores.SampleRecords;
import org.jetfanout.testkit.stores.SinkBed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file sink through its packaged route. */
final class FileSinkTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String GUID = "the-guid";

    @TempDir Path folder;

    @Test
    void aFileForEachRunForItsOwnerAlone() throws Exception {
        Path file = folder.resolve("logs/deep/run-" + GUID + ".ndjson");
        try (SinkBed sink = sink(Map.of("path", folder + "/logs/deep/run-{guid}.ndjson"))) {
            sink.deliver(SampleRecords.lines(0, 3));
            sink.deliver(SampleRecords.lines(3, 2));
        }
        List<LogDocument> all = SampleRecords.lines(0, 5);
        assertThat(Files.readAllLines(file))
                .isEqualTo(
                        all.stream().map(document -> new String(document.json(), UTF_8)).toList());
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(file.getParent())).isEqualTo("rwx------");
    }

    @Test
    void aFrameThatComesAgainAfterACrashIsThereOnce() throws Exception {
        LogDocument pretender =
                SampleRecords.record(GUID, "b2", "output", 7, GUID + ":b1:output:99999", "h1", "");
        try (SinkBed sink = sink()) {
            sink.deliver(SampleRecords.lines(0, 10));
            sink.deliver(List.of(pretender));
        }
        try (SinkBed sink = sink()) {
            sink.deliver(SampleRecords.lines(5, 10));
            sink.deliver(SampleRecords.lines(5, 12));
            sink.deliver(List.of(pretender));
        }
        assertThat(ids(file())).hasSize(18).doesNotHaveDuplicates();
        assertThat(ids(file())).contains(GUID + ":b1:output:16");
    }

    @Test
    void anotherRunsRecordsAreItsOwn() throws Exception {
        LogDocument other = SampleRecords.record("other-guid", "b1", "output", 3, "x", "h1", "");
        try (SinkBed sink = sink()) {
            sink.deliver(SampleRecords.lines(0, 10));
            sink.deliver(List.of(other));
        }
        assertThat(ids(file())).hasSize(11).contains("other-guid:b1:output:3");
    }

    @Test
    void aTornLineOfAKilledProcessGoes() throws Exception {
        try (SinkBed sink = sink()) {
            sink.deliver(SampleRecords.lines(0, 3));
        }
        byte[] whole = Files.readAllBytes(file());
        for (int cut : new int[] {1, 2, 20, whole.length / 3 - 1}) {
            Files.write(file(), java.util.Arrays.copyOf(whole, whole.length - cut));
            try (SinkBed sink = sink()) {
                sink.deliver(SampleRecords.lines(1, 4));
            }
            assertThat(ids(file())).as("cut by %d", cut).hasSize(5).doesNotHaveDuplicates();
        }
    }

    @Test
    void whatSomebodyElseWroteStays() throws Exception {
        for (String theirs : List.of("some text", "{\"their\": \"document\"}", "{ no json", "{}")) {
            Files.writeString(file(), theirs);
            try (SinkBed sink = sink()) {
                sink.deliver(SampleRecords.lines(0, 1));
            }
            assertThat(Files.readAllLines(file())).hasSize(2).startsWith(theirs);
        }
    }

    @Test
    void rotatesBySizeAndKeepsAll() throws Exception {
        try (SinkBed sink = sink(Map.of("rotate-size", "4k"))) {
            for (int n = 0; n < 200; n += 20) {
                sink.deliver(SampleRecords.lines(n, 20));
            }
        }
        List<Path> files = files();
        assertThat(files).hasSizeGreaterThan(5);
        List<String> all = new ArrayList<>();
        for (Path file : files) {
            assertThat(Files.size(file)).isLessThanOrEqualTo(4096);
            assertThat(mode(file)).isEqualTo("rw-------");
            all.addAll(ids(file));
        }
        assertThat(all)
                .isEqualTo(
                        IntStream.range(0, 200).mapToObj(n -> GUID + ":b1:output:" + n).toList());
    }

    @Test
    void keepsAsManyRotatedFilesAsItIsToldTo() throws Exception {
        try (SinkBed sink = sink(Map.of("rotate-size", "4k", "rotate-count", "2"))) {
            sink.deliver(SampleRecords.lines(0, 200));
        }
        assertThat(files()).hasSize(3);
        assertThat(ids(file())).last().isEqualTo(GUID + ":b1:output:199");
    }

    @Test
    void remembersWhatWasRotatedAway() throws Exception {
        Map<String, String> small = Map.of("rotate-size", "4k");
        try (SinkBed sink = sink(small)) {
            sink.deliver(SampleRecords.lines(0, 30));
        }
        assertThat(files()).hasSizeGreaterThan(1);
        try (SinkBed sink = sink(small)) {
            sink.deliver(SampleRecords.lines(20, 11));
        }
        List<String> all = new ArrayList<>();
        for (Path file : files()) {
            all.addAll(ids(file));
        }
        assertThat(all).hasSize(31).doesNotHaveDuplicates();
    }

    @Test
    void aLineLongerThanAFileHasOneOfItsOwn() throws Exception {
        try (SinkBed sink = sink(Map.of("rotate-size", "4k"))) {
            sink.deliver(
                    List.of(
                            SampleRecords.line(0, "short"),
                            SampleRecords.line(10, "x".repeat(10_000)),
                            SampleRecords.line(20, "short")));
        }
        List<Integer> lines = new ArrayList<>();
        for (Path file : files()) {
            lines.add(Files.readAllLines(file).size());
        }
        assertThat(lines).containsExactly(1, 1, 1);
    }

    @Test
    void aFileMovedAwayByOthersIsBegunAnew() throws Exception {
        try (SinkBed sink = sink()) {
            sink.deliver(SampleRecords.lines(0, 5));
            Files.move(file(), folder.resolve("moved"));
            sink.deliver(SampleRecords.lines(3, 5));
        }
        assertThat(ids(folder.resolve("moved"))).hasSize(5);
        assertThat(ids(file())).hasSize(3);
    }

    @Test
    void whatIsNoFileStopsTheSink() throws Exception {
        Files.createDirectory(file());
        try (SinkBed sink = sink()) {
            assertThatThrownBy(() -> sink.deliver(SampleRecords.lines(0, 1)))
                    .isInstanceOf(SinkStoppedException.class)
                    .hasMessage("file sink: " + file() + ": permission denied");
        }
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        Map<String, String> wrong = new HashMap<>();
        wrong.put("rotate-size", "1k");
        wrong.put("rotate-count", "-1");
        wrong.put("path", "x-{host}.ndjson");
        wrong.put("path ", "~other/x.ndjson");
        wrong.put("pat", "x");
        wrong.forEach(
                (key, value) ->
                        assertThatThrownBy(() -> sink(Map.of(key.strip(), value)))
                                .isInstanceOf(ConfigurationException.class)
                                .hasMessageStartingWith(
                                        "sinks.properties: file." + key.strip() + ": "));
    }

    private SinkBed sink() throws Exception {
        return sink(Map.of());
    }

    private SinkBed sink(Map<String, String> more) throws Exception {
        Map<String, String> properties = new HashMap<>(Map.of("path", file().toString()));
        properties.putAll(more);
        return new SinkBed("file", properties);
    }

    private Path file() {
        return folder.resolve("run.ndjson");
    }

    /** The rotated ones, oldest first, and the file itself. */
    private List<Path> files() {
        List<Path> files = new ArrayList<>(List.of(file()));
        for (int n = 1; Files.exists(folder.resolve("run.ndjson." + n)); n++) {
            files.add(0, folder.resolve("run.ndjson." + n));
        }
        return files;
    }

    private static List<String> ids(Path file) throws IOException {
        List<String> ids = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            ids.add(JSON.readTree(line).at("/event/id").asText());
        }
        return ids;
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
