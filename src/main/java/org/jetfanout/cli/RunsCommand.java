package org.jetfanout.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jetfanout.ExitCode;
import org.jetfanout.record.Counts;
import org.jetfanout.status.RunLine;
import org.jetfanout.status.Runs;
import org.jetfanout.text.Times;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code runs}: lists the runs of this machine. */
@Command(
        name = "runs",
        mixinStandardHelpOptions = true,
        description = "Lists the runs of this machine, newest first.",
        subcommands = PruneCommand.class)
final class RunsCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The width of the column with the state. */
    private static final int STATE = 12;

    @Option(names = "--json", description = "Print one JSON object per run.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Runs runs = Runs.of(System.getenv());
        ZoneId zone = ZoneId.systemDefault();
        AtomicReference<ExitCode> code = new AtomicReference<>(ExitCode.OK);
        List<RunLine> lines =
                runs.list(
                        (guid, e) -> {
                            // a broken record does not hide the other runs
                            Main.say("run " + guid + ": " + e.getMessage());
                            code.set(ExitCode.INTERNAL);
                        });
        StringBuilder text = new StringBuilder();
        for (RunLine line : lines) {
            if (json) {
                text.append(JSON.writeValueAsString(json(line, runs.folder())));
            } else {
                text(line, zone, text);
            }
            text.append('\n');
        }
        System.out.print(text);
        return code.get().code();
    }

    private static void text(RunLine line, ZoneId zone, StringBuilder to) {
        Counts totals = line.totals();
        String state = line.state().word();
        to.append(line.guid()).append("  ").append(Times.text(line.created(), zone));
        to.append("  ").append(state).append(" ".repeat(Math.max(1, STATE - state.length())));
        to.append(totals.hosts()).append(" hosts: ").append(totals.ok()).append(" ok, ");
        to.append(totals.changed()).append(" changed, ").append(totals.failed());
        to.append(" failed, ").append(totals.unreachable()).append(" unreachable, ");
        to.append(totals.unfinished()).append(" unfinished");
        if (totals.notStarted() > 0) {
            to.append(", ").append(totals.notStarted()).append(" not started");
        }
    }

    private static Map<String, Object> json(RunLine line, Path runs) {
        Counts totals = line.totals();
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("hosts", totals.hosts());
        counts.put("ok", totals.ok());
        counts.put("changed", totals.changed());
        counts.put("failed", totals.failed());
        counts.put("unreachable", totals.unreachable());
        counts.put("unfinished", totals.unfinished());
        counts.put("notStarted", totals.notStarted());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("guid", line.guid());
        json.put("created", line.created().toString());
        json.put("state", line.state().word());
        json.put("exitCode", line.exitCode().isPresent() ? line.exitCode().getAsInt() : null);
        json.put("totals", counts);
        json.put("record", runs.resolve(line.guid()).toString());
        return json;
    }
}
