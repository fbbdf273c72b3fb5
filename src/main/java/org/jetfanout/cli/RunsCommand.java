package org.jetfanout.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jetfanout.record.Counts;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.RunStatus;
import picocli.CommandLine.Command;

/** The runs of this machine. */
@Command(
        name = "runs",
        mixinStandardHelpOptions = true,
        description = "The runs of this machine, newest first.")
final class RunsCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        Path runs = RunRecord.runsFolder(System.getenv());
        for (String guid : RunRecord.guids(runs)) {
            try (RunRecord record = RunRecord.open(runs, guid)) {
                RunStatus status = RunStatus.of(record);
                Counts totals = status.totals();
                System.out.printf(
                        "%s  %s  %-11s %d hosts: %d ok, %d changed, %d failed, %d unreachable, %d unfinished%n",
                        guid,
                        record.created(),
                        status.state().word(),
                        totals.hosts(),
                        totals.ok(),
                        totals.changed(),
                        totals.failed(),
                        totals.unreachable(),
                        totals.unfinished());
            }
        }
        return 0;
    }
}
