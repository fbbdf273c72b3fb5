package org.jetfanout.sink.stdout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jetfanout.sink.shipping.SinkProgram;
import org.jetfanout.testkit.stores.SampleRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stdout sink through its packaged route, in a process of its own. */
final class StdoutSinkTest {
    private static final int LINES = 1500;

    @TempDir Path folder;

    @Test
    void printsAJsonObjectALine() throws Exception {
        assertThat(run("%s > out")).contains("delivered");
        assertThat(Files.readAllLines(folder.resolve("out"))).isEqualTo(expected());
    }

    @Test
    void aReaderThatGoesAwayStopsTheSink() throws Exception {
        assertThat(run("%s | head -n 1 > out"))
                .contains("stdout sink: the reader of standard output has gone");
        assertThat(Files.readAllLines(folder.resolve("out"))).hasSize(1);
    }

    @Test
    void afterADiskWasFullTheNextLineIsAWholeOne() throws Exception {
        // a limit on the size of files cuts a write as a full disk does
        assertThat(run("ulimit -S -f 200; %s >> out")).contains("again", "delivered");
        List<String> lines = Files.readAllLines(folder.resolve("out"));
        assertThat(lines).containsAll(expected());
        assertThat(lines.stream().filter(line -> !line.endsWith("}"))).hasSizeLessThanOrEqualTo(1);
    }

    private static List<String> expected() {
        return SampleRecords.lines(0, LINES).stream()
                .map(document -> new String(document.json(), UTF_8))
                .toList();
    }

    /** Runs a shell line in which the program stands for %s; what it says on stderr. */
    private String run(String line) throws Exception {
        Path err = folder.resolve("err");
        String program = SinkProgram.line("stdout", LINES, folder.resolve("position"), Map.of());
        Process shell =
                new ProcessBuilder("sh", "-c", line.formatted(program))
                        .directory(folder.toFile())
                        .redirectError(err.toFile())
                        .start();
        assertThat(shell.waitFor(3, TimeUnit.MINUTES)).isTrue();
        return Files.readString(err);
    }
}
