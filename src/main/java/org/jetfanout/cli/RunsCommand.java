package org.jetfanout.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jetfanout.ExitCode;
import org.jetfanout.record.Counts;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.RunStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The runs of this machine. */
@Command(
        name = "runs",
        mixinStandardHelpOptions = true,
        description = "The runs of this machine, newest first.",
        subcommands = PruneCommand.class)
final class RunsCommand implements Callable<Integer> {
    @Option(names = "--json", description = "One JSON object a run.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Path runs = RunRecord.runsFolder(System.getenv());
        ExitCode code = ExitCode.OK;
        for (String guid : RunRecord.guids(runs)) {
            try (RunRecord record = RunRecord.open(runs, guid)) {
                RunStatus status = RunStatus.of(record);
                System.out.println(
                        json
                                ? new ObjectMapper().writeValueAsString(json(record, status))
                                : text(record, status));
            } catch (RecordException e) {
                // one that is broken hides no other
                Main.say("run " + guid + ": " + e.getMessage());
                code = ExitCode.INTERNAL;
            }
        }
        return code.code();
    }

    private static String text(RunRecord record, RunStatus status) {
        Counts totals = status.totals();
        return "%s  %s  %-11s %d hosts: %d ok, %d changed, %d failed, %d unreachable, %d unfinished"
                .formatted(
                        record.guid(),
                        record.created(),
                        status.state().word(),
                        totals.hosts(),
                        totals.ok(),
                        totals.changed(),
                        totals.failed(),
                        totals.unreachable(),
                        totals.unfinished());
    }

    private static Map<String, Object> json(RunRecord record, RunStatus status) {
        Counts totals = status.totals();
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("hosts", totals.hosts());
        counts.put("ok", totals.ok());
        counts.put("changed", totals.changed());
        counts.put("failed", totals.failed());
        counts.put("unreachable", totals.unreachable());
        counts.put("unfinished", totals.unfinished());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("guid", record.guid());
        json.put("created", record.created().toString());
        json.put("state", status.state().word());
        json.put("exitCode", status.exitCode().isPresent() ? status.exitCode().getAsInt() : null);
        json.put("totals", counts);
        json.put("record", record.folder().toString());
        return json;
    }
}
