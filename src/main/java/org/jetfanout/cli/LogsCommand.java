package org.jetfanout.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.logs.HostLineFilter;
import org.jetfanout.logs.RunLineReader;
import org.jetfanout.machine.StandardOutput;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
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
    private static final long POLL_MILLIS = 200;

    /** How long a line may be held back so that several are printed at once. */
    private static final long SHOW_NANOS = Duration.ofMillis(100).toNanos();

    /**
     * How long a run may have no owner before it counts as ended: a run has none while one process
     * hands it over to another.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Mixin private RunArgument run;

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

    @Mixin private SinkFlags sinks;

    @Mixin private OtherInstances others;

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
            LogText text = new LogText(json, colour, ZoneId.systemDefault());
            // not System.out, which would hide that nobody reads any more
            OutputStream out = new BufferedOutputStream(StandardOutput.stream(), 1 << 16);
            copy(record, reader, wanted, text, out);
        }
        return ExitCode.OK.code();
    }

    private void copy(
            RunRecord record,
            RunLineReader reader,
            Predicate<Line> wanted,
            LogText text,
            OutputStream out)
            throws IOException, InterruptedException {
        RunEndWatch end = new RunEndWatch(record, PATIENCE);
        boolean last = !follow;
        long shown = System.nanoTime() - SHOW_NANOS;
        try {
            while (true) {
                if (last) {
                    reader.end();
                }
                Optional<Line> line = reader.next();
                while (line.isPresent()) {
                    if (wanted.test(line.get())) {
                        text.write(line.get(), out);
                    }
                    if (System.nanoTime() - shown > SHOW_NANOS) {
                        out.flush();
                        shown = System.nanoTime();
                    }
                    line = reader.next();
                }
                out.flush();
                if (last) {
                    break;
                }
                // after the end was seen, one more pass reads what was written before it
                last = end.reached();
                if (!last) {
                    Thread.sleep(POLL_MILLIS);
                }
            }
        } catch (IOException e) {
            // the reader (head, less) has seen enough; any other failure is reported at the end
            return;
        }
        if (follow && !end.hasStatus()) {
            Main.say(
                    ("run %s has not ended, and no process works on it. To continue: jet-fanout"
                                    + " resume %s")
                            .formatted(record.guid(), record.guid()));
        }
    }

    private Question question() {
        return OtherInstances.question(AskedCommand.LOGS)
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
