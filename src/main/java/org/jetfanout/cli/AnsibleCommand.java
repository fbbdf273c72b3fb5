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
        return options.request().with(sinks.request(metrics.address()));
    }

    @Override
    public Integer call() throws IOException {
        RunRequest request = request();
        return detach ? new Launch(screen).detach(request) : new Launch(screen).run(request);
    }
}
