package org.jetfanout.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.jetfanout.job.JobFiles;
import org.jetfanout.job.JobSpec;

/**
 * A worker without SSH. It runs command lines as a login shell would, in a home of its own, as the
 * {@link TestUser}.
 */
public final class WorkerShell implements AutoCloseable {

    /** The home of the login. */
    public final Path home;

    /** Variables of the login's environment. */
    public final Map<String, String> environment = new TreeMap<>();

    private final List<Process> processes = new ArrayList<>();

    /** The commands of the login's own scripts, which run before each command. */
    public String login = "";

    /** Makes a home in a temporary folder. */
    public WorkerShell() {
        try {
            home = Files.createTempDirectory(Path.of("/tmp"), "jet-worker");
            own(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        environment.put("HOME", home.toString());
        environment.put("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    }

    /** Starts a command line. Its stdin, stdout and stderr are pipes. */
    public Process exec(String command) {
        return exec(TestUser.prefix(), command);
    }

    /** Starts a command line as the user who runs the tests. */
    public Process execAsSelf(String command) {
        return exec(List.of(), command);
    }

    private Process exec(List<String> prefix, String command) {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(List.of("/bin/sh", "-c", login + command));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.directory(home.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            processes.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command line to its end. Returns its stdout. */
    public String call(String command) {
        try {
            Process process = exec(command);
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), UTF_8);
            process.waitFor();
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a script into the worker's {@code ~/bin}, which is first in its PATH. */
    public void program(String name, String text) {
        try {
            Path bin = Files.createDirectories(home.resolve("bin"));
            Programs.write(bin.resolve(name), text);
            run("chmod", "755", bin.toString());
            environment.put("PATH", bin + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes programs from the worker's PATH. */
    public void without(String... programs) {
        try {
            Path path = Programs.allBut(home.resolve("programs"), programs);
            environment.put("PATH", path.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder of a job. */
    public Path folder(JobSpec spec) {
        return home.resolve(".jet-fanout").resolve(spec.guid()).resolve(spec.batch());
    }

    /** The content of a file in a job's folder. */
    public byte[] file(JobSpec spec, String name) {
        try {
            return Files.readAllBytes(folder(spec).resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the files in a job's folder. */
    public List<String> names(JobSpec spec) {
        try (Stream<Path> files = Files.list(folder(spec))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command lines of all processes that have this worker's environment. */
    public List<String> processes() {
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process : all.toList()) {
                try {
                    if (Files.readString(
                                    process.resolve("environ"),
                                    java.nio.charset.StandardCharsets.ISO_8859_1)
                            .contains("HOME=" + home + "\0")) {
                        String line =
                                Files.readString(
                                        process.resolve("cmdline"),
                                        java.nio.charset.StandardCharsets.ISO_8859_1);
                        if (!line.isEmpty()) {
                            found.add(
                                    process.getFileName()
                                            + " "
                                            + line.replace('\0', ' ').replaceAll("\\s+", " "));
                        }
                    }
                } catch (IOException e) {
                    // not a process, or it has ended
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** Sleeps. */
    public static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The bundle of a job, with some additional files. */
    public static byte[] bundle(JobSpec spec, Map<String, String> more) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream packed =
                        spec.packed() == JobSpec.Packed.GZIP
                                ? new GzipCompressorOutputStream(bytes)
                                : bytes;
                TarArchiveOutputStream tar = new TarArchiveOutputStream(packed)) {
            for (Map.Entry<String, String> file : more.entrySet()) {
                add(tar, file.getKey(), file.getValue().getBytes(UTF_8));
            }
            for (Map.Entry<String, byte[]> file : JobFiles.of(spec).entrySet()) {
                add(tar, file.getKey(), file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    /** Gives a file or folder to the test user. */
    public void own(Path path) {
        TestUser.own(path);
    }

    /** Runs a program. Returns its exit code. */
    public static int run(String... words) {
        try {
            return new ProcessBuilder(words).redirectErrorStream(true).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends what still runs and removes the home. */
    @Override
    public void close() {
        for (String process : processes()) {
            run("kill", "-9", process.substring(0, process.indexOf(' ')));
        }
        run("rm", "-rf", home.toString());
    }
}
