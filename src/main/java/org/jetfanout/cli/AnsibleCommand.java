package org.jetfanout.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jetfanout.run.RunRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ansible-playbook}: runs playbooks of ansible through the workers. */
@Command(
        name = "ansible-playbook",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs playbooks of ansible through the workers, each with its own ansible-playbook.",
            "Accepts the command line of ansible-playbook, plus --worker-config and the options of"
                    + " a run."
        })
final class AnsibleCommand implements Callable<Integer>, StartsRun {
    @Mixin private AnsibleOptions options;

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
        return options.request();
    }

    @Override
    public Integer call() throws IOException {
        RunRequest request = request().with(sinks.request(metrics.address()));
        return detach ? new Launch(screen).detach(request) : new Launch(screen).run(request);
    }

    /** {@code plan ansible-playbook}: shows what the run would do. */
    @Command(
            name = "ansible-playbook",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Shows which worker would configure which hosts. Sends nothing.")
    static final class Plan implements Callable<Integer> {
        @Mixin private AnsibleOptions options;

        @Option(names = "--json", description = "Print the plan as one JSON document.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            return PlanCommand.show(options.request(), json);
        }
    }

    /** {@code check ansible-playbook}: asks the workers whether they are ready for the run. */
    @Command(
            name = "ansible-playbook",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Checks whether each worker is ready for the run. Changes nothing there.")
    static final class Check implements Callable<Integer> {
        @Mixin private AnsibleOptions options;

        @Mixin private SinkChoice sinks;

        @Option(names = "--json", description = "Print one JSON document.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            return CheckCommand.show(options.request(), sinks, json);
        }
    }
}
