package org.jetfanout.sink.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jetfanout.sink.shipping.SinkProgram;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file sink in processes of its own: killed, on a full disk, several at one file. */
final class FileSinkIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GUID = "0a1b2c3d-0000-4000-8000-000000000001";
    private static final String OTHER = "0a1b2c3d-0000-4000-8000-000000000002";
    private static final int LINES = 40_000;

    @TempDir Path folder;

    @Test
    void killedAtAnyMomentEachRecordIsThereOnceAndInOrder() throws Exception {
        Random random = new Random(7);
        for (int kill = 1; kill <= 3; kill++) {
            // it never comes to its end, however late the kill
            Process process = start(GUID, "1m", Integer.MAX_VALUE);
            long before = position(GUID);
            Waiting.until("it has begun", () -> position(GUID) > before || !process.isAlive());
            Thread.sleep(random.nextInt(100)); // any moment
            process.destroyForcibly();
            process.waitFor();
        }
        long killedAt = position(GUID);
        int lines = Math.toIntExact(killedAt) + 10_000;
        ended(start(GUID, "1m", lines));

        assertThat(killedAt).isPositive();
        assertThat(offsets(GUID)).isEqualTo(all(lines));
    }

    @Test
    void twoRunsRotateOneFile() throws Exception {
        Process one = start(GUID, "64k", LINES);
        Process other = start(OTHER, "64k", LINES);
        ended(one);
        ended(other);

        assertThat(offsets(GUID)).isEqualTo(all(LINES));
        assertThat(offsets(OTHER)).isEqualTo(all(LINES));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(file -> file.toString().contains("ndjson")))
                    .hasSizeGreaterThan(100)
                    .allSatisfy(file -> assertThat(Files.size(file)).isLessThanOrEqualTo(64 << 10));
        }
    }

    @Test
    void aFullDiskIsWaitedFor() throws Exception {
        String program =
                SinkProgram.line(
                        "file",
                        LINES,
                        folder.resolve("position"),
                        Map.of("path", file().toString()));
        Path said = folder.resolve("said");
        // a limit on the size of files cuts a write as a full disk does
        Process process =
                new ProcessBuilder("sh", "-c", "ulimit -S -f 2000; " + program)
                        .redirectError(said.toFile())
                        .start();
        ended(process);

        assertThat(Files.readString(said)).contains("again: ").endsWith("delivered\n");
        assertThat(offsets("the-guid")).isEqualTo(all(LINES));
    }

    private Process start(String guid, String rotateSize, int lines) throws IOException {
        Map<String, String> settings = Map.of("path", file().toString(), "rotate-size", rotateSize);
        return new ProcessBuilder(
                        SinkProgram.command("file", guid, lines, positionFile(guid), settings))
                .inheritIO()
                .start();
    }

    private static void ended(Process process) throws InterruptedException {
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private Path file() {
        return folder.resolve("run.ndjson");
    }

    private Path positionFile(String guid) {
        return folder.resolve("position-" + guid);
    }

    private long position(String guid) {
        try {
            Path file = positionFile(guid);
            return Files.exists(file) ? Long.parseLong(Files.readString(file)) : 0;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Long> all(int lines) {
        return IntStream.range(0, lines).mapToObj(Long::valueOf).toList();
    }

    /** The offsets of a run's records, in the order of the files. Each line is a whole record. */
    private List<Long> offsets(String guid) throws IOException {
        List<Path> files = new ArrayList<>(List.of(file()));
        for (int n = 1; Files.exists(folder.resolve("run.ndjson." + n)); n++) {
            files.add(0, folder.resolve("run.ndjson." + n));
        }
        List<Long> offsets = new ArrayList<>();
        for (Path file : files) {
            for (String line : Files.readAllLines(file)) {
                JsonNode id = JSON.readTree(line).at("/event/id");
                assertThat(id.isTextual()).isTrue();
                if (id.asText().startsWith(guid)) {
                    offsets.add(
                            Long.parseLong(
                                    id.asText().substring(id.asText().lastIndexOf(':') + 1)));
                }
            }
        }
        return offsets;
    }
}
