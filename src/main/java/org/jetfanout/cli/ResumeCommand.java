package org.jetfanout.cli;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.question.AnswerMode;
import org.jetfanout.question.AskedCommand;
import org.jetfanout.question.Question;
import org.jetfanout.record.RunRecord;
import org.jetfanout.status.RunStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code resume}: continues an interrupted run. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = {
            "Resumes a run that lost its process or lost workers.",
            "Attaches to jobs that run, and starts jobs that were not started."
        })
final class ResumeCommand implements Callable<Integer> {
    @Mixin private RunArgument run;

    @Option(
            names = "--take-over",
            description = "Resume the run although another instance has taken it over.")
    private boolean takeOver;

    @Mixin private SinkFlags sinks;

    @Mixin private MetricsFlag metrics;

    @Mixin private ScreenFlags screen;

    @Mixin private OtherInstances others;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionalInt answered = others.ask(run, this::question, false);
        if (answered.isPresent()) {
            return answered.getAsInt();
        }
        if (AnswerMode.ofThisProcess().isPresent()) {
            return resumeForAnother();
        }
        try (RunRecord record = run.open()) {
            return new Launch(screen)
                    .resume(
                            record,
                            sinks.request(metrics.address()),
                            takeOver,
                            () -> {
                                // else this process only carries out what another one was told
                                if (!Background.isThis()) {
                                    Deeds.note(record, "resumed");
                                }
                            });
        }
    }

    private Question question() {
        if (sinks.given() || metrics.address() != null) {
            throw new UsageException(
                    "the run is at another instance, which continues it with the run's own sinks:"
                            + " leave out --sink, --sink-config, --sink-wait and --metrics, or run"
                            + " the command there");
        }
        return OtherInstances.question(AskedCommand.RESUME).flag("--take-over", takeOver);
    }

    /** Nobody here looks at it, so it goes on in the background. */
    private int resumeForAnother() throws IOException {
        try (RunRecord record = run.open()) {
            if (record.isOwned()) {
                throw new ConfigurationException(
                        "run %s is in use by process %s"
                                .formatted(
                                        record.guid(),
                                        record.ownerPid().map(String::valueOf).orElse("?")));
            }
            if (record.takenOver().isPresent() && !takeOver) {
                return Launch.refuseTakenOver(record);
            }
            if (RunStatus.canGoOn(record)) {
                Deeds.note(record, "resumed");
            }
            Background.start(record.folder(), takeOver ? List.of("--take-over") : List.of());
            return ExitCode.OK.code();
        }
    }
}
