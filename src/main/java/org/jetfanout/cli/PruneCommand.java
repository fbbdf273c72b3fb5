package org.jetfanout.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.logs.Undelivered;
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

    @Override
    public Integer call() {
        Runs runs = Runs.of(System.getenv());
        Instant before = Instant.now().minus(age);
        ExitCode code = ExitCode.OK;
        for (String guid : runs.guids()) {
            try (RunRecord record = runs.open(guid)) {
                if (record.created().isBefore(before)) {
                    prune(record);
                }
            } catch (RecordException e) {
                Main.say("run " + guid + " is kept: " + e.getMessage());
                code = ExitCode.INTERNAL;
            }
        }
        RunFolder.sweep(runs.folder());
        return code.code();
    }

    private void prune(RunRecord record) {
        try {
            // owned, so that nobody takes up the run meanwhile
            record.own();
        } catch (ConfigurationException e) {
            Main.say(e.getMessage() + ": the run is kept");
            return;
        }
        if (record.summary().isEmpty() && FanOut.maySend(record) && !force) {
            Main.say(
                    "run "
                            + record.guid()
                            + " has not ended: prune keeps it. Resume it or cancel it first, or"
                            + " give --force");
            return;
        }
        if (!force && isMissed(record)) {
            return;
        }
        record.remove();
        System.out.println(record.guid());
    }

    /** Whether some sink did not get everything. Prints which. */
    private static boolean isMissed(RunRecord record) {
        for (SinkStatus sink : record.sinks().statuses()) {
            long records = sink.isBehind() ? Undelivered.count(record, sink.sink()) : 0;
            if (records > 0) {
                Main.say(
                        ("run %s has %d log records that sink %s did not get: prune keeps it."
                                        + " Ship them first (jet-fanout logs %s --ship), or give --force")
                                .formatted(record.guid(), records, sink.sink(), record.guid()));
                return true;
            }
        }
        return false;
    }
}
