package org.jetfanout.sink;

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
import org.jetfanout.log.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file sink through its packaged route. */
final class FileSinkTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    @Test
    void aFileForEachRunForItsOwnerAlone() throws Exception {
        Path file = folder.resolve("logs/deep/run-" + SinkRecords.GUID + ".ndjson");
        try (RouteUnderTest sink =
                sink(Map.of("file.path", folder + "/logs/deep/run-{guid}.ndjson"))) {
            sink.deliver(SinkRecords.lines(0, 3));
            sink.deliver(SinkRecords.lines(3, 2));
        }
        List<LogRecord> all = SinkRecords.lines(0, 5);
        assertThat(Files.readAllLines(file))
                .isEqualTo(all.stream().map(record -> new String(record.json(), UTF_8)).toList());
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(file.getParent())).isEqualTo("rwx------");
    }

    @Test
    void aFrameThatComesAgainAfterACrashIsThereOnce() throws Exception {
        LogRecord pretender =
                SinkRecords.record(
                        SinkRecords.GUID,
                        "0002",
                        "output",
                        7,
                        "h1",
                        SinkRecords.GUID + ":0001:output:99999",
                        "",
                        "info");
        try (RouteUnderTest sink = sink()) {
            sink.deliver(SinkRecords.lines(0, 10));
            sink.deliver(List.of(pretender));
        }
        try (RouteUnderTest sink = sink()) {
            sink.deliver(SinkRecords.lines(5, 10));
            sink.deliver(SinkRecords.lines(5, 12));
            sink.deliver(List.of(pretender));
        }
        assertThat(ids(file())).hasSize(18).doesNotHaveDuplicates();
        assertThat(ids(file())).contains(SinkRecords.GUID + ":0001:output:16");
    }

    @Test
    void anotherRunsRecordsAreItsOwn() throws Exception {
        LogRecord other =
                SinkRecords.record("other-guid", "0001", "output", 3, "h1", "x", "", "info");
        try (RouteUnderTest sink = sink()) {
            sink.deliver(SinkRecords.lines(0, 10));
            sink.deliver(List.of(other));
        }
        assertThat(ids(file())).hasSize(11).contains("other-guid:0001:output:3");
    }

    @Test
    void aTornLineOfAKilledProcessGoes() throws Exception {
        try (RouteUnderTest sink = sink()) {
            sink.deliver(SinkRecords.lines(0, 3));
        }
        byte[] whole = Files.readAllBytes(file());
        for (int cut : new int[] {1, 2, 20, whole.length / 3 - 1}) {
            Files.write(file(), java.util.Arrays.copyOf(whole, whole.length - cut));
            try (RouteUnderTest sink = sink()) {
                sink.deliver(SinkRecords.lines(1, 4));
            }
            assertThat(ids(file())).as("cut by %d", cut).hasSize(5).doesNotHaveDuplicates();
        }
    }

    @Test
    void whatSomebodyElseWroteStays() throws Exception {
        for (String theirs : List.of("some text", "{\"their\": \"document\"}", "{ no json", "{}")) {
            Files.writeString(file(), theirs);
            try (RouteUnderTest sink = sink()) {
                sink.deliver(SinkRecords.lines(0, 1));
            }
            assertThat(Files.readAllLines(file())).hasSize(2).startsWith(theirs);
        }
    }

    @Test
    void rotatesBySizeAndKeepsAll() throws Exception {
        try (RouteUnderTest sink = sink(Map.of("file.rotate-size", "4k"))) {
            for (int n = 0; n < 200; n += 20) {
                sink.deliver(SinkRecords.lines(n, 20));
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
                        IntStream.range(0, 200)
                                .mapToObj(n -> SinkRecords.GUID + ":0001:output:" + n)
                                .toList());
    }

    @Test
    void keepsAsManyRotatedFilesAsItIsToldTo() throws Exception {
        try (RouteUnderTest sink =
                sink(Map.of("file.rotate-size", "4k", "file.rotate-count", "2"))) {
            sink.deliver(SinkRecords.lines(0, 200));
        }
        assertThat(files()).hasSize(3);
        assertThat(ids(file())).last().isEqualTo(SinkRecords.GUID + ":0001:output:199");
    }

    @Test
    void rememberWhatWasRotatedAway() throws Exception {
        Map<String, String> small = Map.of("file.rotate-size", "4k");
        try (RouteUnderTest sink = sink(small)) {
            sink.deliver(SinkRecords.lines(0, 20));
        }
        assertThat(files()).hasSizeGreaterThan(1);
        try (RouteUnderTest sink = sink(small)) {
            sink.deliver(SinkRecords.lines(10, 11));
        }
        List<String> all = new ArrayList<>();
        for (Path file : files()) {
            all.addAll(ids(file));
        }
        assertThat(all).hasSize(21).doesNotHaveDuplicates();
    }

    @Test
    void aLineLongerThanAFileHasOneOfItsOwn() throws Exception {
        try (RouteUnderTest sink = sink(Map.of("file.rotate-size", "4k"))) {
            sink.deliver(
                    List.of(
                            SinkRecords.line(0, "short"),
                            SinkRecords.line(10, "x".repeat(10_000)),
                            SinkRecords.line(20, "short")));
        }
        List<Integer> lines = new ArrayList<>();
        for (Path file : files()) {
            lines.add(Files.readAllLines(file).size());
        }
        assertThat(lines).containsExactly(1, 1, 1);
    }

    @Test
    void aFileMovedAwayByOthersIsBegunAnew() throws Exception {
        try (RouteUnderTest sink = sink()) {
            sink.deliver(SinkRecords.lines(0, 5));
            Files.move(file(), folder.resolve("moved"));
            sink.deliver(SinkRecords.lines(3, 5));
        }
        assertThat(ids(folder.resolve("moved"))).hasSize(5);
        assertThat(ids(file())).hasSize(3);
    }

    @Test
    void whatIsNoFileStopsTheSink() throws Exception {
        Files.createDirectory(file());
        try (RouteUnderTest sink = sink()) {
            assertThatThrownBy(() -> sink.deliver(SinkRecords.lines(0, 1)))
                    .isInstanceOf(SinkStoppedException.class)
                    .hasMessage("file sink: " + file() + ": may not be written");
        }
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        Map<String, String> wrong = new HashMap<>();
        wrong.put("file.rotate-size", "1k");
        wrong.put("file.rotate-count", "-1");
        wrong.put("file.path", "x-{host}.ndjson");
        wrong.put("file.pat", "x");
        wrong.forEach(
                (key, value) ->
                        assertThatThrownBy(() -> sink(Map.of(key, value)))
                                .isInstanceOf(ConfigurationException.class)
                                .hasMessageStartingWith("sinks.properties: " + key + ": "));
    }

    private RouteUnderTest sink() throws Exception {
        return sink(Map.of());
    }

    private RouteUnderTest sink(Map<String, String> more) throws Exception {
        Map<String, String> properties = new HashMap<>(Map.of("file.path", file().toString()));
        properties.putAll(more);
        return new RouteUnderTest("file", properties);
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
