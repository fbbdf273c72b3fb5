package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.testkit.RunLogs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogsTest {
    private static final String LINE =
            "2026-01-01T00:00:00.000Z WARN  GUID [w1 0001] o.j.X - away\n";

    @TempDir Path runs;

    @Test
    void linesAreFine() throws IOException {
        log("one", LINE.repeat(3));
        Files.createDirectories(runs.resolve("without-a-log"));
        assertThatCode(() -> RunLogs.haveNoTraces(runs)).doesNotThrowAnyException();
        assertThatCode(() -> RunLogs.haveNoTraces(runs.resolve("none"))).doesNotThrowAnyException();
    }

    @Test
    void aStackTraceIsNot() throws IOException {
        String trace =
                "java.lang.NullPointerException: null\n" + "\tat org.jetfanout.X.y\n".repeat(40);
        log("one", LINE);
        log("two", LINE.repeat(5) + LINE.replace("away", "went wrong") + trace + LINE);
        assertThatThrownBy(() -> RunLogs.haveNoTraces(runs))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("two/log")
                .hasMessageContaining("went wrong\njava.lang.NullPointerException: null\n\tat org.")
                .hasMessageNotContaining("away");
    }

    @Test
    void norIsItsCause() throws IOException {
        // a trace may have no frames of its own
        log("one", LINE + "java.io.IOException: x\nCaused by: java.io.EOFException: y\n");
        assertThatThrownBy(() -> RunLogs.haveNoTraces(runs)).hasMessageContaining("EOFException");
    }

    private void log(String run, String text) throws IOException {
        Files.writeString(Files.createDirectories(runs.resolve(run)).resolve("log"), text);
    }
}
