package org.jetfanout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jetfanout.ExitCode;
import org.jetfanout.job.query.LiveStatus;
import org.jetfanout.job.query.WorkerQuery;
import org.jetfanout.machine.StandardOutput;
import org.jetfanout.question.AnswerMode;
import org.jetfanout.question.AskedCommand;
import org.jetfanout.question.Question;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.run.BrokerRequest;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.screen.RedrawnLines;
import org.jetfanout.screen.Summary;
import org.jetfanout.screen.Terminal;
import org.jetfanout.site.inventory.HostRanges;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.RunStatus;
import org.jetfanout.text.Text;
import org.jetfanout.text.Times;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code status}: shows the status of a run of this machine. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows the status of a run, in total and per worker, also while it runs.")
final class StatusCommand implements Callable<Integer> {
    private static final long PERIOD_MILLIS = 1000;
    private static final int MOST_REASONS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Mixin private RunArgument run = new RunArgument();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(names = "--watch", description = "Print the status every second until the run ends.")
    private boolean watch;

    @Option(
            names = "--live",
            description =
                    "Ask the workers instead of the run record, also if no process works on the"
                            + " run. Exit code 4 if a worker does not answer.")
    private boolean live;

    @Mixin private ThreadsOption threads;

    @Mixin private OtherInstances others = new OtherInstances();

    /** {@code status GUID}, and {@code --json} where it is wanted. */
    static StatusCommand of(String guid, boolean json) {
        StatusCommand command = new StatusCommand();
        command.run = RunArgument.of(guid);
        command.json = json;
        return command;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (watch && live) {
            throw new UsageException("--watch and --live cannot be combined");
        }
        OptionalInt answered = others.ask(run, this::question, json);
        if (answered.isPresent()) {
            return answered.getAsInt();
        }
        try (RunRecord record = run.open()) {
            if (live) {
                return askWorkers(record).code();
            }
            if (!watch) {
                show(record);
                return ExitCode.OK.code();
            }
            boolean ended = watch(record);
            if (AnswerMode.ofThisProcess().filter(AnswerMode::following).isPresent()) {
                return ended ? ExitCode.OK.code() : AnswerMode.LEFT;
            }
            return ended
                    ? ExitCode.OK.code()
                    : others.follow(record.guid(), question(), json).orElse(ExitCode.OK.code());
        }
    }

    private Question question() {
        return OtherInstances.question(AskedCommand.STATUS, redraws())
                .following(watch)
                .flag("--json", json)
                .flag("--watch", watch)
                .flag("--live", live)
                .value("--threads", live ? Integer.toString(threads.count()) : null);
    }

    private boolean redraws() {
        return watch && !json && Terminal.isTerminal(1);
    }

    private ExitCode askWorkers(RunRecord record) throws IOException {
        try (WorkerQuery query = new WorkerQuery(SshSettings.ofUser(), threads.count())) {
            LiveStatus status = LiveStatus.ask(record, query);
            if (json) {
                System.out.println(new ObjectMapper().writeValueAsString(status.json()));
            } else {
                status.text().forEach(line -> System.out.println(Text.forTerminal(line)));
            }
            return status.isComplete() ? ExitCode.OK : ExitCode.UNREACHABLE;
        }
    }

    /** Returns whether the run has its final status, or nobody reads any more. */
    private boolean watch(RunRecord record) throws IOException, InterruptedException {
        RunEndWatch end = new RunEndWatch(record, PATIENCE);
        OutputStream out = StandardOutput.stream();
        boolean redraw = redraws();
        boolean framed = AnswerMode.ofThisProcess().filter(AnswerMode::framed).isPresent() && !json;
        RedrawnLines drawn = new RedrawnLines(out, () -> Terminal.size(System.getenv()));
        try {
            while (!end.reached()) {
                if (redraw) {
                    drawn.draw(lines(record));
                } else {
                    write(record, out);
                }
                if (framed) {
                    out.write((AnswerMode.FRAME + "\n").getBytes(UTF_8));
                }
                Thread.sleep(PERIOD_MILLIS);
            }
            drawn.erase();
            write(record, out);
        } catch (IOException e) {
            // nobody reads any more; any other failure is reported at the end
            return true;
        }
        return end.hasStatus();
    }

    private void show(RunRecord record) throws IOException {
        write(record, System.out);
    }

    private void write(RunRecord record, OutputStream out) throws IOException {
        if (json) {
            RunStatus.of(record).writeTo(out, record);
        } else {
            out.write((String.join("\n", lines(record)) + "\n").getBytes(UTF_8));
        }
        out.flush();
    }

    private static List<String> lines(RunRecord record) throws IOException {
        List<String> lines = new ArrayList<>(summary(record));
        TimeZone zone = TimeZone.getDefault();
        record.people(
                deed ->
                        lines.add(
                                Text.forTerminal(
                                        Times.shown(deed.path("time").asText(), zone)
                                                + "  "
                                                + deed.path("who").asText()
                                                + ": "
                                                + deed.path("what").asText())));
        Path said = record.file(RunFile.BACKGROUND_LOG);
        if (record.plan().isEmpty() && Files.isRegularFile(said)) {
            // a detached run that was refused could not tell anyone why, so its messages are shown
            // here
            try (Stream<String> all = Files.lines(said, UTF_8)) {
                all.filter(line -> line.startsWith("jet-fanout: "))
                        .limit(MOST_REASONS)
                        .forEach(line -> lines.add(Text.forTerminal(line)));
            }
        }
        return lines;
    }

    private static List<String> summary(RunRecord record) {
        int unmatched = record.plan().map(plan -> plan.unmatched().size()).orElse(0);
        List<String> lines =
                new Summary(RunStatus.of(record), unmatched, record.folder(), HostRanges::fold)
                        .lines();
        OptionalLong term = record.takenOver();
        if (term.isEmpty()) {
            return lines;
        }
        // what is here is old
        List<String> old = new ArrayList<>(lines);
        old.removeIf(line -> line.startsWith("to continue: "));
        Optional<Path> config =
                record.request()
                        .map(RunRequest::fromRecord)
                        .flatMap(RunRequest::broker)
                        .flatMap(BrokerRequest::config);
        old.add(
                "another instance has taken the run over (term %d)%s. To take it back: jet-fanout resume --take-over %s"
                        .formatted(
                                term.getAsLong(),
                                config.map(
                                                file ->
                                                        ". To see it there: "
                                                                + Text.forTerminal(
                                                                        there(record, file)))
                                        .orElse(""),
                                record.guid()));
        return old;
    }

    private static String there(RunRecord record, Path config) {
        return ShellWords.join(
                List.of(
                        "jet-fanout",
                        "status",
                        record.guid(),
                        "--broker-config",
                        config.toString()));
    }
}
