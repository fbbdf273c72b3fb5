package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process whose main thread waits for another one that dies, and so would wait for ever. */
class UncaughtErrorsIT {
    @TempDir private Path folder;

    /**
     * The process.
     *
     * @param args how the other thread dies
     */
    public static void main(String[] args) throws InterruptedException {
        Thread.setDefaultUncaughtExceptionHandler(new UncaughtErrors());
        CountDownLatch never = new CountDownLatch(1);
        new Thread(() -> die(args[0]), "another").start();
        never.await();
    }

    private static void die(String how) {
        switch (how) {
            case "class" -> throw new NoClassDefFoundError("org/x/Y");
            case "stack" -> die(how);
            case "thread" -> refuse();
            // libraries catch it: the probe asks again and again
            case "probe" -> new ThreadProbe(thread -> refuse()).run();
            case "caught" -> {
                try {
                    fill();
                } catch (Error e) {
                    System.err.println("caught, as libraries do");
                }
            }
            default -> fill();
        }
    }

    private static void refuse() {
        throw new OutOfMemoryError(
                "unable to create native thread: possibly out of memory or process/resource limits reached");
    }

    private static void fill() {
        List<byte[]> all = new ArrayList<>();
        while (!all.isEmpty() || all.add(new byte[0])) {
            all.add(new byte[1 << 16]);
        }
    }

    private record Ended(int code, String out, String err) {}

    private Ended run(List<String> options, String how) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx20m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(UncaughtErrorsIT.class.getName(), how));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("it waits for ever: " + Files.readString(err));
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @ParameterizedTest
    @CsvSource({
        "class, internal error in thread another: java.lang.NoClassDefFoundError: org/x/Y;",
        "stack, internal error in thread another: java.lang.StackOverflowError;",
        "thread, 'cannot create more threads: raise the limit (ulimit -u, '",
        "probe, 'cannot create more threads: raise the limit (ulimit -u, '",
        "memory, out of memory: allow more (JET_FANOUT_JAVA_OPTIONS=-Xmx2g).",
    })
    void anErrorEndsTheProcessWithOneLine(String how, String said) throws Exception {
        Ended ended = run(List.of(), how);
        assertThat(ended.code()).as(ended.err()).isEqualTo(1);
        assertThat(ended.err()).startsWith("jet-fanout: " + said).hasLineCount(1);
        assertThat(ended.out()).isEmpty();
    }

    /** With what the launcher says to the JVM: even a library that catches all goes no further. */
    @Test
    void noMemoryWhoeverCatchesIt() throws Exception {
        Matcher option =
                Pattern.compile("line \"(-XX:OnOutOfMemoryError=.*)\"\n")
                        .matcher(Files.readString(Path.of("src/main/build/prepare")));
        assertThat(option.find()).isTrue();
        Ended ended =
                run(
                        List.of(
                                option.group(1),
                                "-XX:+UnlockDiagnosticVMOptions",
                                "-XX:-DisplayVMOutput"),
                        "caught");
        assertThat(ended.code()).as(ended.err()).isEqualTo(137);
        assertThat(ended.err()).startsWith("jet-fanout: out of memory: ").hasLineCount(1);
        assertThat(ended.out()).isEmpty();
    }
}
