package org.jetfanout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jetfanout.ExitCode;
import org.jetfanout.question.AnswerMode;
import org.jetfanout.record.Counts;
import org.jetfanout.record.Json;
import org.jetfanout.record.People;
import org.jetfanout.status.RunLine;
import org.jetfanout.status.Runs;
import org.jetfanout.text.Text;
import org.jetfanout.text.Times;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code runs}: lists the runs of this machine, and of others that share a broker with it. */
@Command(
        name = "runs",
        mixinStandardHelpOptions = true,
        description = "Lists the runs of this machine, newest first.",
        subcommands = PruneCommand.class)
final class RunsCommand implements Callable<Integer> {
    /** The width of the column with the state. */
    private static final int STATE = 12;

    @Option(names = "--json", description = "Print one JSON object per run.")
    private boolean json;

    @Mixin private OtherInstances others = new OtherInstances();

    /** {@code runs}, and {@code --json} where it is wanted. */
    static RunsCommand of(boolean json) {
        RunsCommand command = new RunsCommand();
        command.json = json;
        return command;
    }

    /**
     * A run to be listed.
     *
     * @param instance that has its record; empty for this machine
     * @param startedBy who started it, where that was noted; else empty
     */
    record Listed(RunLine line, Optional<String> instance, String record, String startedBy) {}

    @Override
    public Integer call() throws InterruptedException {
        AtomicReference<ExitCode> code = new AtomicReference<>(ExitCode.OK);
        List<Listed> all = here(code);
        if (others.isGiven()) {
            all = merged(all, new RunsElsewhere(others, code).list());
        }
        TimeZone zone = TimeZone.getDefault();
        StringBuilder text = new StringBuilder();
        for (Listed run : all) {
            if (json) {
                text.append(new String(Json.line(to -> write(run, to)), UTF_8));
            } else {
                text(run.line(), zone, text);
                if (!run.startedBy().isEmpty()) {
                    text.append(", by ").append(Text.forTerminal(run.startedBy(), false));
                }
                run.instance()
                        .ifPresent(
                                name -> text.append(" at ").append(Text.forTerminal(name, false)));
                text.append('\n');
            }
        }
        System.out.print(text);
        return code.get().code();
    }

    private static void write(Listed run, JsonGenerator to) throws IOException {
        to.writeStartObject();
        run.line().write(to);
        to.writeStringField("record", run.record());
        if (run.instance().isPresent()) {
            to.writeStringField("instance", run.instance().get());
        }
        if (!run.startedBy().isEmpty()) {
            to.writeStringField("startedBy", run.startedBy());
        }
        to.writeEndObject();
    }

    private static List<Listed> here(AtomicReference<ExitCode> code) {
        Runs runs = Runs.of(System.getenv());
        Optional<String> only = AnswerMode.ofThisProcess().flatMap(AnswerMode::only);
        return runs
                .list(
                        (guid, e) -> {
                            // a broken record does not hide the other runs
                            Main.say("run " + guid + ": " + e.getMessage());
                            code.set(ExitCode.INTERNAL);
                        })
                .stream()
                .filter(line -> only.map(line.guid()::equals).orElse(true))
                .map(
                        line ->
                                new Listed(
                                        line,
                                        Optional.empty(),
                                        runs.folder().resolve(line.guid()).toString(),
                                        People.starter(runs.folder().resolve(line.guid()))
                                                .orElse("")))
                .toList();
    }

    /**
     * Each run once. Of several records of a run, the one counts that is worked on, then one that
     * has ended, then that of this machine.
     */
    static List<Listed> merged(List<Listed> here, List<Listed> elsewhere) {
        Map<String, Listed> byGuid = new LinkedHashMap<>();
        for (List<Listed> some : List.of(here, elsewhere)) {
            for (Listed run : some) {
                byGuid.merge(
                        run.line().guid(),
                        run,
                        (one, other) -> rank(other.line()) > rank(one.line()) ? other : one);
            }
        }
        List<Listed> all = new ArrayList<>(byGuid.values());
        all.sort(
                Comparator.comparing((Listed run) -> run.line().created())
                        .reversed()
                        .thenComparing(run -> run.line().guid()));
        return all;
    }

    private static int rank(RunLine line) {
        return switch (line.state()) {
            case PLANNING, RUNNING -> 2;
            case ENDED -> 1;
            case INTERRUPTED -> 0;
        };
    }

    private static void text(RunLine line, TimeZone zone, StringBuilder to) {
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
}
