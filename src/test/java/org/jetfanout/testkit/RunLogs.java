package org.jetfanout.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks the program's own logs in the run records. A stack trace in one of them is a bug of
 * jet-fanout, whatever the result of the run, because faults of others are reported in one line. So
 * tests check the logs whenever a run has ended.
 */
public final class RunLogs {
    private static final int SHOWN = 12;

    private RunLogs() {}

    /**
     * Fails where a log has a stack trace.
     *
     * @param runs folder of run records; need not exist
     */
    public static void haveNoTraces(Path runs) {
        List<String> traces = traces(runs);
        if (!traces.isEmpty()) {
            throw new AssertionError(
                    "a stack trace in the log of a run:\n" + String.join("\n", traces));
        }
    }

    /** The first lines of each stack trace, with the line before it. */
    public static List<String> traces(Path runs) {
        List<String> found = new ArrayList<>();
        if (Files.isDirectory(runs)) {
            try (Stream<Path> all = Files.list(runs)) {
                for (Path run : all.sorted().toList()) {
                    Path log = run.resolve("log");
                    if (Files.isRegularFile(log)) {
                        addTraces(log, found);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    private static void addTraces(Path log, List<String> found) throws IOException {
        String[] before = {"", ""};
        int left = 0;
        try (BufferedReader lines = Files.newBufferedReader(log, ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("\tat ") || line.startsWith("Caused by: ")) {
                    if (left == 0) {
                        found.add(log + ":");
                        found.add(before[0]);
                        found.add(before[1]);
                        left = SHOWN;
                    }
                    if (left > 1) {
                        found.add(line);
                        left--;
                    }
                } else {
                    left = 0;
                }
                before[0] = before[1];
                before[1] = line;
            }
        }
    }
}
