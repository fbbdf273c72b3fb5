package org.jetfanout.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Removes old run records from the control machine. */
@Command(
        name = "prune",
        mixinStandardHelpOptions = true,
        description = {
            "Removes the records of old runs from this machine; prints their GUIDs. Nothing is done on workers.",
            "A run that somebody works on stays; one that has not ended stays unless --force is given."
        })
final class PruneCommand implements Callable<Integer> {
    @Option(
            names = "--older-than",
            required = true,
            converter = CapacityCommand.DurationConverter.class,
            paramLabel = "TIME",
            description = "Only runs that were begun longer ago than this, such as 30d or 12h.")
    private Duration age;

    @Option(
            names = "--force",
            description = "Also runs that have not ended: they can not be resumed any more.")
    private boolean force;

    @Override
    public Integer call() {
        Path runs = RunRecord.runsFolder(System.getenv());
        Instant before = Instant.now().minus(age);
        ExitCode code = ExitCode.OK;
        for (String guid : RunRecord.guids(runs)) {
            try (RunRecord record = RunRecord.open(runs, guid)) {
                if (record.created().isBefore(before)) {
                    prune(record);
                }
            } catch (RecordException e) {
                Main.say("run " + guid + " stays: " + e.getMessage());
                code = ExitCode.INTERNAL;
            }
        }
        RunRecord.sweep(runs);
        return code.code();
    }

    private void prune(RunRecord record) {
        try {
            // so that nobody takes it up meanwhile
            record.own();
        } catch (ConfigurationException e) {
            Main.say(e.getMessage() + ": it stays");
            return;
        }
        if (record.summary().isEmpty() && !force) {
            Main.say(
                    "run "
                            + record.guid()
                            + " has not ended: it stays (resume it, cancel it, or --force)");
            return;
        }
        record.remove();
        System.out.println(record.guid());
    }
}
