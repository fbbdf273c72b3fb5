package org.jetfanout.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.logs.HostLineFilter;
import org.jetfanout.logs.RunLineReader;
import org.jetfanout.logs.ShownLines;
import org.jetfanout.machine.StandardOutput;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.question.AnswerMode;
import org.jetfanout.question.AskedCommand;
import org.jetfanout.question.Question;
import org.jetfanout.record.Line;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.known.Runners;
import org.jetfanout.screen.LogText;
import org.jetfanout.text.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code logs}: prints the lines of a run from its record. */
@Command(
        name = "logs",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Prints the output lines of a run, with time and worker, in order of arrival.")
final class LogsCommand implements Callable<Integer> {
    @Mixin private RunArgument run = new RunArgument();

    @Option(
            names = {"-f", "--follow"},
            description = "Follow the output until the run ends.")
    private boolean follow;

    @Option(
            names = "--worker",
            paramLabel = "WORKER",
            description = "Print only lines of this" + " worker.")
    private String worker;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description =
                    "Print only lines about this host, with the output of its failed commands.")
    private String host;

    @Option(
            names = "--failed",
            description =
                    "Print only lines about hosts that failed or were unreachable. For a batch"
                            + " that still runs, start at the line that reports the failure.")
    private boolean failed;

    @Option(
            names = "--grep",
            paramLabel = "REGEX",
            description =
                    "Print only lines that match this regular expression; colours are removed"
                            + " first.")
    private String grep;

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    @Option(
            names = {"-b", "--gather"},
            description =
                    "Print the output of all hosts, equal output once: for runs of exec and"
                            + " script.")
    private boolean gather;

    @Option(
            names = "--ship",
            description =
                    "Print nothing. Ship the records that the sinks did not get. Exit code 3 if a"
                            + " sink still lacks records.")
    private boolean ship;

    @Mixin private SinkFlags sinks = new SinkFlags();

    @Mixin private OtherInstances others = new OtherInstances();

    /** {@code logs GUID}, and {@code --json} where it is wanted. */
    static LogsCommand of(String guid, boolean json) {
        LogsCommand command = new LogsCommand();
        command.run = RunArgument.of(guid);
        command.json = json;
        return command;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (ship) {
            return ship().code();
        }
        if (sinks.given()) {
            throw new UsageException("--sink, --sink-config and --sink-wait require --ship");
        }
        Predicate<Line> wanted = pattern();
        checkGather();
        OptionalInt answered = others.ask(run, this::question, json);
        if (answered.isPresent()) {
            return answered.getAsInt();
        }
        if (gather) {
            return gather().code();
        }
        try (RunRecord record = run.open()) {
            RunArgument.checkWorker(record, worker);
            RunLineReader reader =
                    new RunLineReader(record, batches(record), Optional.ofNullable(worker));
            if (failed) {
                wanted =
                        HostLineFilter.inTrouble(Runners.of(record.request()), record.results())
                                .and(wanted);
            }
            if (host != null) {
                wanted = HostLineFilter.named(Runners.of(record.request()), host).and(wanted);
            }
            boolean colour = OtherInstances.colour();
            LogText text = new LogText(json, colour, TimeZone.getDefault());
            // not System.out, which would hide that nobody reads any more
            OutputStream out = new BufferedOutputStream(StandardOutput.stream(), 1 << 16);
            Optional<AnswerMode> answer = AnswerMode.ofThisProcess().filter(AnswerMode::following);
            ShownLines shown =
                    answer.isPresent()
                            ? ShownLines.before(answer.get().before())
                            : ShownLines.none();
            LineCopy copy = new LineCopy(record, reader, wanted, text, shown, answer.isPresent());
            boolean whole = copy.to(out, follow, answer.isPresent() || others.isGiven());
            shown.different().forEach(LogsCommand::sayDifferent);
            if (whole) {
                return (shown.different().isEmpty() ? ExitCode.OK : ExitCode.INCOMPLETE).code();
            }
            if (answer.isPresent()) {
                return AnswerMode.LEFT;
            }
            OptionalInt followed =
                    others.follow(record.guid(), question().before(shown.changes()), json);
            if (followed.isPresent()) {
                return followed.getAsInt();
            }
            RunEndWatch.sayLeft(record.guid());
            return ExitCode.OK.code();
        }
    }

    private static void sayDifferent(String batch) {
        Main.say(
                "batch %s has other lines here than at the instance before: some may be missing, or come twice"
                        .formatted(batch));
    }

    private Question question() {
        return OtherInstances.question(AskedCommand.LOGS)
                .following(follow)
                .flag("--follow", follow)
                .flag("--failed", failed)
                .flag("--json", json)
                .flag("--gather", gather)
                .value("--worker", worker)
                .value("--host", host)
                .value("--grep", grep);
    }

    private void checkGather() {
        if (gather && (follow || failed || worker != null || host != null || grep != null)) {
            throw new UsageException("--gather prints all hosts: do not combine it with filters");
        }
    }

    private ExitCode gather() throws IOException {
        try (RunRecord record = run.open()) {
            GatheredText.print(record, StandardOutput.stream(), json, OtherInstances.colour());
        }
        return ExitCode.OK;
    }

    private ExitCode ship() throws IOException {
        if (others.isGiven()) {
            throw new UsageException(
                    "--ship ships from this machine: do not combine it with --broker-config");
        }
        if (follow || failed || json || worker != null || host != null || grep != null) {
            throw new UsageException(
                    "--ship ships all remaining records: do not combine it with" + " filters");
        }
        try (RunRecord record = run.open()) {
            return new ShipLogs(record, sinks.request(null)).ship();
        }
    }

    private Predicate<Line> pattern() {
        if (grep == null) {
            return line -> true;
        }
        try {
            Pattern pattern = Pattern.compile(grep);
            return line -> pattern.matcher(Text.plain(line.text())).find();
        } catch (PatternSyntaxException e) {
            throw new UsageException(
                    "--grep '%s' is not a valid regular expression: %s"
                            .formatted(grep, e.getDescription()));
        }
    }

    /**
     * Selects the batches that can hold the wanted host. A host is in one batch, so the others need
     * not be read.
     */
    private Predicate<String> batches(RunRecord record) {
        Optional<Plan> plan = host == null ? Optional.empty() : record.plan();
        if (plan.isEmpty()) {
            return batch -> true;
        }
        Set<String> ids =
                plan.get().batches().stream()
                        .filter(batch -> batch.hosts().contains(host))
                        .map(Batch::id)
                        .collect(Collectors.toSet());
        if (ids.isEmpty()) {
            throw new ConfigurationException(
                    "run " + record.guid() + " has no host '" + host + "'");
        }
        return ids::contains;
    }
}
