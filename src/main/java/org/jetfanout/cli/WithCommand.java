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
final class WithCommand implements Callable<Integer> {
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
    public Integer call() throws IOException {
        RunRequest request = options.request().with(sinks.request(metrics.address()));
        return detach ? new Launch(screen).detach(request) : new Launch(screen).run(request);
    }

    /** {@code plan with}: shows what the run would do. */
    @Command(
            name = "with",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            customSynopsis =
                    "jet-fanout plan with NAME [OPTIONS] --worker-config FILE [-- ARGS...]",
            description = "Shows which worker would work on which hosts. Sends nothing.")
    static final class Plan implements Callable<Integer> {
        @Mixin private WithOptions options;

        @Option(names = "--json", description = "Print the plan as one JSON document.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            return PlanCommand.show(options.request(), json);
        }
    }

    /** {@code check with}: asks the workers whether they are ready for the run. */
    @Command(
            name = "with",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            customSynopsis =
                    "jet-fanout check with NAME [OPTIONS] --worker-config FILE [-- ARGS...]",
            description = "Checks whether each worker is ready for the run. Changes nothing there.")
    static final class Check implements Callable<Integer> {
        @Mixin private WithOptions options;

        @Mixin private SinkChoice sinks;

        @Option(names = "--json", description = "Print one JSON document.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            return CheckCommand.show(options.request(), sinks, json);
        }
    }
}
