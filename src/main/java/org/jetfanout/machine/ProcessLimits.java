package org.jetfanout.machine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;

/**
 * How many threads and open files the system allows this process. Where that is unknown (no Linux),
 * there is no limit. Immutable.
 */
public final class ProcessLimits {
    /**
     * Threads besides those of the workers: JVM, broker, Camel, SSH client, sinks. Some 90 were
     * measured.
     */
    private static final int OWN_THREADS = 100;

    /** A worker has a consumer, and may need one more thread for its agent. */
    private static final int THREADS_A_WORKER = 2;

    /** Files of libraries, sinks and logs that are opened later. */
    private static final int OWN_FILES = 80;

    /**
     * A worker's connection, its bundle, and both ends of its agent. Its files in the record are
     * counted apart.
     */
    private static final int FILES_A_WORKER = 4;

    /** Where this many are left, what other processes use is not counted. */
    private static final long PLENTY = 10_000;

    private static final long ROOT = 0;

    private final Path proc;
    private final Path cgroups;

    /** The limits that Linux shows in its file systems. */
    public ProcessLimits() {
        this(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
    }

    ProcessLimits(Path proc, Path cgroups) {
        this.proc = proc;
        this.cgroups = cgroups;
    }

    /**
     * Fails where the run needs more threads than the system allows.
     *
     * @param workers how many workers are used at once
     */
    public void requireThreads(int workers) {
        long needed = OWN_THREADS + (long) THREADS_A_WORKER * workers;
        Optional<String> uid = uid();
        OptionalLong limit = limit("Max processes");
        // the kernel does not apply this limit to root
        if (limit.isPresent() && !uid.equals(Optional.of(Long.toString(ROOT)))) {
            long most = limit.getAsLong();
            long used = most > needed + PLENTY ? 0 : uid.map(this::threadsOf).orElse(0L);
            require("limit of processes and threads (ulimit -u)", most, used, needed, workers);
        }
        cgroup().ifPresent(
                        folder ->
                                number(folder.resolve("pids.max"))
                                        .ifPresent(
                                                most ->
                                                        require(
                                                                "limit of processes and threads of"
                                                                        + " this control group"
                                                                        + " (pids.max)",
                                                                most,
                                                                number(
                                                                                folder.resolve(
                                                                                        "pids.current"))
                                                                        .orElse(0),
                                                                needed,
                                                                workers)));
    }

    private static void require(String what, long most, long used, long needed, int workers) {
        if (used + needed > most) {
            throw new ConfigurationException(
                    ("the %s is %d, and %d are in use: %d workers at once need about %d. Raise"
                                    + " the limit, or use fewer --threads")
                            .formatted(what, most, used, workers, needed));
        }
    }

    /**
     * How many workers can be used at once with the files that may be open, at most as many as
     * wanted. It fails where not even one can be used.
     */
    public int workers(int wanted) {
        OptionalLong limit = limit("Max open files");
        if (limit.isEmpty()) {
            return wanted;
        }
        long most = limit.getAsLong();
        long used = 3L * openBatches() + OWN_FILES + openFiles();
        long workers = (most - used) / FILES_A_WORKER;
        if (workers < 1) {
            throw new ConfigurationException(
                    ("the limit of open files (ulimit -n) is %d: one worker at a time needs about"
                                    + " %d. Raise the limit")
                            .formatted(most, used + FILES_A_WORKER));
        }
        return (int) Math.min(wanted, workers);
    }

    /** For how many batches the output files may be open at the same time. */
    public int openBatches() {
        long share = limit("Max open files").orElse(Long.MAX_VALUE) / 16;
        return (int) Math.max(4, Math.min(128, share));
    }

    /** The soft limit of this name; empty where there is none. */
    public OptionalLong limit(String name) {
        for (String line : lines(proc.resolve("self/limits"))) {
            if (line.startsWith(name)) {
                String soft = line.substring(name.length()).strip().split("\\s+", 2)[0];
                return soft.matches("\\d{1,18}")
                        ? OptionalLong.of(Long.parseLong(soft))
                        : OptionalLong.empty();
            }
        }
        return OptionalLong.empty();
    }

    private long openFiles() {
        try (Stream<Path> open = Files.list(proc.resolve("self/fd"))) {
            return open.count();
        } catch (IOException e) {
            return 0;
        }
    }

    private Optional<String> uid() {
        return field(lines(proc.resolve("self/status")), "Uid:");
    }

    /** How many threads of the user the kernel counts against the limit. */
    private long threadsOf(String uid) {
        long threads = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                List<String> status = lines(process.resolve("status"));
                if (field(status, "Uid:").equals(Optional.of(uid))) {
                    threads += field(status, "Threads:").map(Long::parseLong).orElse(1L);
                }
            }
        } catch (IOException e) {
            // processes that this one cannot see do not count
        }
        return threads;
    }

    private static Optional<String> field(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split("\\s+", 2)[0])
                .findFirst();
    }

    /** The cgroup (version 2) of this process. */
    private Optional<Path> cgroup() {
        return lines(proc.resolve("self/cgroup")).stream()
                .filter(line -> line.startsWith("0::/"))
                .map(line -> cgroups.resolve(line.substring("0::/".length())))
                .findFirst();
    }

    private static OptionalLong number(Path file) {
        List<String> lines = lines(file);
        return lines.size() == 1 && lines.get(0).matches("\\d{1,18}")
                ? OptionalLong.of(Long.parseLong(lines.get(0)))
                : OptionalLong.empty();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException | java.io.UncheckedIOException e) {
            return List.of();
        }
    }
}
