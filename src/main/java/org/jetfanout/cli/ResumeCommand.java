package org.jetfanout.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jetfanout.record.RunRecord;
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

    @Override
    public Integer call() throws IOException {
        try (RunRecord record = run.open()) {
            return new Launch(screen).resume(record, sinks.request(metrics.address()), takeOver);
        }
    }
}
