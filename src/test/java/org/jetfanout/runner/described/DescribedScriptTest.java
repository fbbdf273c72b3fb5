package org.jetfanout.runner.described;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** described.sh, as the job's wrapper calls it, with the shells of the machine. */
class DescribedScriptTest {
    private static final Path SCRIPT =
            Path.of("src/main/resources/org/jetfanout/runner/described/described.sh")
                    .toAbsolutePath();
    private static final String MARK = "@folder@";

    /** How long a filter is waited for, in tenths of a second. */
    private int patience = 600;

    @TempDir Path job;
    private Path bundle;

    @BeforeEach
    void prepare() throws IOException {
        bundle = Files.createDirectories(job.resolve("bundle.1"));
        Files.createDirectories(bundle.resolve("runner"));
        Files.writeString(job.resolve("output.log"), "said before\n");
        Files.writeString(job.resolve("events.log"), "");
    }

    /** Runs the script with a filter and a program; both may be empty. */
    private int run(List<String> filter, String program, String... arguments)
            throws IOException, InterruptedException {
        List<String> words =
                new ArrayList<>(
                        List.of("sh", SCRIPT.toString(), MARK, String.valueOf(filter.size())));
        words.addAll(filter);
        words.addAll(List.of("sh", "-c", program, "sh"));
        words.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(words)
                        .directory(bundle.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        job.resolve("output.log").toFile()));
        builder.environment()
                .putAll(
                        Map.of(
                                "JET_LOG",
                                job.resolve("events.log").toString(),
                                "FOUND",
                                MARK + "/x:" + MARK,
                                "KEPT",
                                MARK,
                                "JET_FANOUT_EXPAND",
                                "FOUND",
                                "JET_FANOUT_PATIENCE",
                                Integer.toString(patience)));
        return builder.start().waitFor();
    }

    private String output() throws IOException {
        return Files.readString(job.resolve("output.log"));
    }

    private String events() throws IOException {
        return Files.readString(job.resolve("events.log"));
    }

    @Test
    void theMarkIsTheFolderInWordsAndInTheVariablesThatAreNamed() throws Exception {
        int code =
                run(
                        List.of(),
                        "printf '%s\\n' \"$@\" \"$FOUND\" \"$KEPT\" \"$PWD\"; exit 7",
                        MARK + "--",
                        "a " + MARK + "/b" + MARK,
                        "* $(id) '\"\\",
                        "");
        assertThat(code).isEqualTo(7);
        assertThat(output())
                .isEqualTo(
                        "said before\n--\na %1$s/b%1$s\n* $(id) '\"\\\n\n%1$s/x:%1$s\n%2$s\n%1$s/runner\n"
                                .formatted(bundle, MARK));
        assertThat(events()).isEmpty();
    }

    @Test
    void aFilterGetsAllThatTheRunnerSaysAndWritesEvents() throws Exception {
        int code =
                run(List.of("sed", "s/^/event /"), "echo one; sleep 0.3; printf 'two' >&2; exit 3");
        assertThat(code).isEqualTo(3);
        assertThat(output()).isEqualTo("said before\none\ntwo");
        assertThat(events()).isEqualTo("event one\nevent two");
    }

    @Test
    void muchOutputReachesTheFilterWhole() throws Exception {
        assertThat(
                        run(
                                List.of("cksum"),
                                "yes 0123456789 | head -n 300000; echo end; yes | head -c 100001"))
                .isZero();
        Process sum =
                new ProcessBuilder("sh", "-c", "tail -n +2 output.log | cksum")
                        .directory(job.toFile())
                        .start();
        assertThat(events()).isEqualTo(new String(sum.getInputStream().readAllBytes(), UTF_8));
    }

    @Test
    void aFilterThatFailsIsNamedAndTheRunnerGoesOn() throws Exception {
        assertThat(
                        run(
                                List.of("sh", "-c", "read a; echo \"'\\\"\\\\ no\" >&2; exit 5"),
                                "echo one; sleep 0.5; echo two; exit 1"))
                .isOne();
        assertThat(output()).endsWith("one\ntwo\n");
        assertThat(events())
                .isEqualTo(
                        "\n{\"event\":\"filter_failed\",\"reason\":\"the filter of the output ended"
                                + " with exit code 5: ' no\"}\n");
    }

    @Test
    void aFilterThatDoesNotReadAllIsNamed() throws Exception {
        assertThat(run(List.of("sh", "-c", "read a; echo \"$a\""), "yes | head -n 100000"))
                .isZero();
        assertThat(events())
                .startsWith("y\n\n{\"event\":\"filter_failed\"")
                .contains("ended before it had read all");
    }

    @Test
    void aFilterThatIsNotThereIsNamed() throws Exception {
        assertThat(run(List.of("/no/such/filter"), "echo x")).isZero();
        assertThat(events()).contains("filter_failed").contains("exit code 127");
    }

    /** It is ended, with the reason, and the runner's own end counts. */
    @Test
    void aFilterThatNeverEndsIsEnded() throws Exception {
        patience = 80;
        assertThat(run(List.of("sh", "-c", "cat >/dev/null; exec sleep 1234"), "echo x; exit 4"))
                .isEqualTo(4);
        assertThat(events()).contains("did not end within a minute after the runner\"}");
        noneSleeps("sleep 1234");
    }

    @Test
    void aFilterThatNeverReadsIsEnded() throws Exception {
        patience = 80;
        assertThat(run(List.of("sleep", "1235"), "yes | head -n 200000; exit 5")).isEqualTo(5);
        assertThat(events()).contains("did not read on for a minute\"}");
        noneSleeps("sleep 1235");
    }

    private static void noneSleeps(String command) {
        Waiting.until(
                "none has " + command,
                () ->
                        ProcessHandle.allProcesses()
                                .noneMatch(
                                        process ->
                                                process.info()
                                                        .commandLine()
                                                        .orElse("")
                                                        .endsWith(command)));
    }
}
