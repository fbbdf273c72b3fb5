package org.jetfanout.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jetfanout.Durations;
import org.jetfanout.ExitCode;
import org.jetfanout.plan.Capacity;
import org.jetfanout.plan.CapacityAnswer;
import org.jetfanout.plan.Waves;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code capacity}: how many workers for a wanted time, or what time for so many workers. */
@Command(
        name = "capacity",
        description = "Works out how many workers are needed, or how long so many workers take.")
public final class CapacityCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--hosts",
            required = true,
            paramLabel = "N",
            description = "hosts to configure")
    private int hosts;

    @Option(
            names = {"-t", "--threads"},
            defaultValue = "20",
            paramLabel = "N",
            description = "threads of each worker: hosts at once (default: ${DEFAULT-VALUE})")
    private int threads;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "hosts of one rolling update on each worker (default: all)")
    private Integer batchSize;

    @Option(
            names = "--host-time",
            required = true,
            converter = DurationConverter.class,
            paramLabel = "TIME",
            description = "how long one host takes, such as 90s, 5m or 1h30m")
    private Duration hostTime;

    @ArgGroup(multiplicity = "1")
    private Question question;

    @Option(names = "--json", description = "one JSON object, for programs")
    private boolean json;

    private static final class Question {
        @Option(
                names = "--within",
                converter = DurationConverter.class,
                paramLabel = "TIME",
                description = "the time wanted: answers with the number of workers")
        private Duration within;

        @Option(
                names = "--workers",
                paramLabel = "N",
                description = "workers there are: answers with the time")
        private Integer workers;
    }

    /** Durations as {@link Durations} reads them, not ISO 8601. */
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
        CapacityAnswer answer;
        try {
            answer = answer();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? new ObjectMapper().writeValueAsString(answer.json())
                                : answer.text());
        String warning = answer.capacity().waves().warning(answer.hostsPerWorker());
        if (!warning.isEmpty()) {
            spec.commandLine().getErr().println("warning: " + warning);
        }
        return ExitCode.OK.code();
    }

    private CapacityAnswer answer() {
        OptionalInt update = batchSize == null ? OptionalInt.empty() : OptionalInt.of(batchSize);
        Capacity capacity = new Capacity(new Waves(threads, update), hostTime);
        if (question.within == null) {
            return CapacityAnswer.withWorkers(capacity, hosts, question.workers);
        }
        Optional<CapacityAnswer> answer = CapacityAnswer.within(capacity, hosts, question.within);
        return answer.orElseThrow(
                () ->
                        new IllegalArgumentException(
                                CapacityAnswer.tooShort(hostTime, question.within)));
    }
}
