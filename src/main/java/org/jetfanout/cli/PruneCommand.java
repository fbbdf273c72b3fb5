package org.jetfanout.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.logs.Undelivered;
import org.jetfanout.machine.Daemons;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunFolder;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.run.FanOut;
import org.jetfanout.status.Runs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code prune}: removes old run records from the control machine. */
@Command(
        name = "prune",
        mixinStandardHelpOptions = true,
        description = {
            "Removes the run records of old runs from this machine and prints their GUIDs.",
            "Does not contact workers. Never removes a run that a process works on. Removes runs"
                    + " that have",
            "not ended, and runs with log records that a sink did not get, only with --force."
        })
final class PruneCommand implements Callable<Integer> {
    /** A file system may wait for its disk at each removal: 16 wait as long as one. */
    private static final int THREADS = 16;

    @Option(
            names = "--older-than",
            required = true,
            converter = CapacityCommand.DurationConverter.class,
            paramLabel = "TIME",
            description = "Remove only runs that began longer ago than this, such as 30d or 12h.")
    private Duration age;

    @Option(
            names = "--force",
            description =
                    "Also remove runs that have not ended (you can no longer resume them) and log"
                            + " records that a sink did not get.")
    private boolean force;

    /** What became of a run: it was removed, or is kept for a reason. */
    private record Pruned(String guid, String kept, ExitCode code) {}

    @Override
    public Integer call() {
        Runs runs = Runs.of(System.getenv());
        Instant before = Instant.now().minus(age);
        ExitCode code = ExitCode.OK;
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, Daemons.named("prune"));
        try {
            List<Future<Optional<Pruned>>> all = new ArrayList<>();
            runs.guids().forEach(guid -> all.add(threads.submit(() -> prune(runs, guid, before))));
            for (Future<Optional<Pruned>> one : all) {
                Optional<Pruned> pruned = one.get();
                if (pruned.isPresent()) {
                    code = pruned.get().code() == ExitCode.OK ? code : pruned.get().code();
                    say(pruned.get());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while runs were removed", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException own
                    ? own
                    : new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
        RunFolder.sweep(runs.folder());
        return code.code();
    }

    private static void say(Pruned run) {
        if (run.kept().isEmpty()) {
            System.out.println(run.guid());
        } else {
            Main.say(run.kept());
        }
    }

    /** Removes a run; nothing where it is too young. */
    private Optional<Pruned> prune(Runs runs, String guid, Instant before) {
        try (RunRecord record = runs.open(guid)) {
            return record.created().isBefore(before)
                    ? Optional.of(new Pruned(guid, prune(record), ExitCode.OK))
                    : Optional.empty();
        } catch (RecordException e) {
            String kept = "run " + guid + " is kept: " + e.getMessage();
            return Optional.of(new Pruned(guid, kept, ExitCode.INTERNAL));
        }
    }

    /** Why the run is kept; empty where it is removed. */
    private String prune(RunRecord record) {
        try {
            // owned, so that nobody takes up the run meanwhile
            record.own();
        } catch (ConfigurationException e) {
            return e.getMessage() + ": the run is kept";
        }
        if (record.summary().isEmpty() && FanOut.maySend(record) && !force) {
            return "run "
                    + record.guid()
                    + " has not ended: prune keeps it. Resume it or cancel it first, or"
                    + " give --force";
        }
        String missed = force ? "" : missed(record);
        if (missed.isEmpty()) {
            record.remove();
        }
        return missed;
    }

    /** Which sink did not get everything; empty where all did. */
    private static String missed(RunRecord record) {
        for (SinkStatus sink : record.sinks().statuses()) {
            long records = sink.isBehind() ? Undelivered.count(record, sink.sink()) : 0;
            if (records > 0) {
                return ("run %s has %d log records that sink %s did not get: prune keeps it."
                                + " Ship them first (jet-fanout logs %s --ship), or give --force")
                        .formatted(record.guid(), records, sink.sink(), record.guid());
            }
        }
        return "";
    }
}
