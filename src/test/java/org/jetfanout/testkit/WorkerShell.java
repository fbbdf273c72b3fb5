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
 * A worker without SSH: runs command lines as a login shell would, in a home of its own, as the
 * {@link TestUser}.
 */
public final class WorkerShell implements AutoCloseable {

    public final Path home;
    public final Map<String, String> environment = new TreeMap<>();
    private final List<Process> processes = new ArrayList<>();

    /** What the login's own scripts do before a command. */
    public String login = "";

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

    /** Runs a command line; its stdin, stdout and stderr are pipes. */
    public Process exec(String command) {
        return exec(TestUser.prefix(), command);
    }

    /** Runs a command line as whoever the tests run as. */
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

    /** Runs a command line to its end; its stdout. */
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

    /** Writes a script into the worker's {@code ~/bin}, which comes first in its PATH. */
    public void program(String name, String text) {
        try {
            Path bin = Files.createDirectories(home.resolve("bin"));
            Path file = Files.writeString(bin.resolve(name), text);
            run("chmod", "755", bin.toString(), file.toString());
            environment.put("PATH", bin + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes programs away from the worker. */
    public void without(String... programs) {
        try {
            Path path = Programs.allBut(home.resolve("programs"), programs);
            environment.put("PATH", path.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path folder(JobSpec spec) {
        return home.resolve(".jet-fanout").resolve(spec.guid()).resolve(spec.batch());
    }

    public byte[] file(JobSpec spec, String name) {
        try {
            return Files.readAllBytes(folder(spec).resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names of what lies in a job's folder. */
    public List<String> names(JobSpec spec) {
        try (Stream<Path> files = Files.list(folder(spec))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Command lines of all processes that this worker's environment is in. */
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
                    // not a process, or gone by now
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    public static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The bundle of a job, with some more files. */
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

    public void own(Path path) {
        TestUser.own(path);
    }

    public static int run(String... words) {
        try {
            return new ProcessBuilder(words).redirectErrorStream(true).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends what is left and removes the home. */
    @Override
    public void close() {
        for (String process : processes()) {
            run("kill", "-9", process.substring(0, process.indexOf(' ')));
        }
        run("rm", "-rf", home.toString());
    }
}
