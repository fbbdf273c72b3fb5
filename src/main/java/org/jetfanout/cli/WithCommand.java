package org.jetfanout.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jetfanout.run.RunRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code with}: runs a runner that the user describes by files, through the workers. */
@Command(
        name = "with",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        customSynopsis = "jet-fanout with NAME [OPTIONS] --worker-config FILE [-- ARGS...]",
        description = {
            "Runs a program of your choice on the workers, each with its part of the hosts.",
            "Files describe the runner: NAME/runner.yml. docs/runners.md says how."
        })
final class WithCommand implements Callable<Integer>, StartsRun {
    @Mixin private WithOptions options;

    @Mixin private SinkFlags sinks;

    @Mixin private MetricsFlag metrics;

    @Mixin private ScreenFlags screen;

    @Option(
            names = "--detach",
            description =
                    "Print the GUID and continue in the background. Use 'status', 'logs' and"
                            + " 'cancel' with this GUID.")
    private boolean detach;

    @Override
    public RunRequest request() {
        return options.request().with(sinks.request(metrics.address()));
    }

    @Override
    public Integer call() throws IOException {
        RunRequest request = request();
        return detach ? new Launch(screen).detach(request) : new Launch(screen).run(request);
    }
}
