package org.jetfanout.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jetfanout.ExitCode;
import org.jetfanout.plan.Capacity;
import org.jetfanout.plan.CapacityAnswer;
import org.jetfanout.plan.GroupCapacity;
import org.jetfanout.plan.Plan;
import org.jetfanout.plan.Rounds;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.RunRequest;
import org.jetfanout.run.SinkRequest;
import org.jetfanout.runner.jetp.PlaybookRequest;
import org.jetfanout.site.workers.RolloutRules;
import org.jetfanout.text.Durations;
import org.jetfanout.text.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code capacity}: computes how many workers a given time takes, or how long a given number of
 * workers takes. It answers for the numbers of the command line, or for each worker group of a
 * workers.yml.
 */
@Command(
        name = "capacity",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Calculates the number of workers for a time limit, or the time for a number of"
                    + " workers.",
            "Give --hosts for one calculation, or --inventory and --worker-config for one per"
                    + " worker group.",
            "Without --playbook, all hosts of the worker map count. Sends nothing."
        })
public final class CapacityCommand implements Callable<Integer> {
    /** The default of jetp. */
    private static final int THREADS = 20;

    @Spec private CommandSpec spec;

    @Option(names = "--hosts", paramLabel = "N", description = "Number of hosts to configure.")
    private Integer hosts;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description =
                    "With --hosts: number of hosts that each worker configures at once (default:"
                            + " 20).")
    private Integer threads;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description =
                    "With --hosts: number of hosts in each rolling update on a worker (default:"
                            + " all).")
    private Integer batchSize;

    @Option(
            names = "--host-time",
            required = true,
            converter = DurationConverter.class,
            paramLabel = "TIME",
            description = "Time that one host takes, such as 90s, 5m or 1h30m.")
    private Duration hostTime;

    @Option(
            names = "--within",
            converter = DurationConverter.class,
            paramLabel = "TIME",
            description = "Time limit for the run. The answer is the number of workers.")
    private Duration within;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "With --hosts: number of workers. The answer is the time.")
    private Integer workers;

    @Mixin private SiteOptions site;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /** Reads durations in the notation of {@link Durations}, not in ISO 8601. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Override
    public Integer call() throws JsonProcessingException {
        try {
            if (site.named()) {
                ofWorkerGroups();
            } else {
                ofNumbers();
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return ExitCode.OK.code();
    }

    private void ofNumbers() throws JsonProcessingException {
        if (hosts == null) {
            throw new IllegalArgumentException(
                    "give --hosts, or give --inventory and --worker-config");
        }
        if ((within == null) == (workers == null)) {
            throw new IllegalArgumentException(
                    "give either --within (to calculate the workers) or --workers (to calculate"
                            + " the time)");
        }
        CapacityAnswer answer = answer();
        print(json ? List.of(json(answer.json())) : List.of(answer.text()));
        String warning = answer.capacity().rounds().warning(answer.hostsPerWorker());
        if (!warning.isEmpty()) {
            spec.commandLine().getErr().println("warning: " + warning);
        }
    }

    private CapacityAnswer answer() {
        OptionalInt update = batchSize == null ? OptionalInt.empty() : OptionalInt.of(batchSize);
        Rounds rounds = new Rounds(threads == null ? THREADS : threads, update);
        Capacity capacity = new Capacity(rounds, hostTime);
        if (within == null) {
            return CapacityAnswer.withWorkers(capacity, hosts, workers);
        }
        Optional<CapacityAnswer> answer = CapacityAnswer.within(capacity, hosts, within);
        return answer.orElseThrow(
                () -> new IllegalArgumentException(CapacityAnswer.tooShort(hostTime, within)));
    }

    private void ofWorkerGroups() throws JsonProcessingException {
        if (Stream.of(hosts, threads, batchSize, workers).anyMatch(number -> number != null)) {
            throw new IllegalArgumentException(
                    "--hosts, --threads, --batch-size and --workers cannot be combined with"
                            + " --inventory and --worker-config: the inventory and workers.yml"
                            + " give these numbers");
        }
        CheckedRequest prepared = CheckedRequest.read(request(), Main::say);
        // the plan is used for its numbers only, so any name will do
        Plan plan = prepared.plan("capacity");
        List<GroupCapacity> groups =
                GroupCapacity.of(
                        plan,
                        prepared.workerGroups(),
                        prepared.workers(),
                        hostTime,
                        Optional.ofNullable(within));
        if (json) {
            print(
                    List.of(
                            json(
                                    Map.of(
                                            "workerGroups",
                                            groups.stream().map(GroupCapacity::json).toList()))));
        } else {
            print(groups.stream().flatMap(group -> group.text().stream()).toList());
        }
    }

    private RunRequest request() {
        return new RunRequest(
                PlaybookRequest.of(
                        site.playbooks(Optional.empty(), false), site.inventories(), site.limits()),
                site.workerConfig(),
                1,
                Optional.empty(),
                RolloutRules.NONE,
                site.routes(),
                Optional.empty(),
                SinkRequest.NONE);
    }

    private static String json(Map<String, Object> answer) throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(answer);
    }

    private void print(List<String> lines) {
        lines.forEach(line -> spec.commandLine().getOut().println(Text.forTerminal(line)));
    }
}
