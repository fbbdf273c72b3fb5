package org.jetfanout.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jetfanout.inventory.HostRanges;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.RunStatus;
import org.jetfanout.record.Summary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How a run of this machine stands. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "How a run stands, per worker and in all; also while it runs.")
final class StatusCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "GUID",
            description = "The run: its GUID, a unique beginning of it, or 'last'.")
    private String guid;

    @Option(names = "--json", description = "As one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        try (RunRecord record = RunRecord.open(RunRecord.runsFolder(System.getenv()), guid)) {
            RunStatus status = RunStatus.of(record);
            if (json) {
                status.writeTo(System.out);
            } else {
                int unmatched = record.plan().map(plan -> plan.unmatched().size()).orElse(0);
                new Summary(status, unmatched, record.folder(), HostRanges::fold)
                        .lines()
                        .forEach(System.out::println);
            }
            return 0;
        }
    }
}
