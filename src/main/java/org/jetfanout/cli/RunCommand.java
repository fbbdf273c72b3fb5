package org.jetfanout.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jetfanout.run.RunRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** jet-fanout itself: runs a playbook through the workers. */
@Command(
        name = "jet-fanout",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Runs a playbook against the hosts of an inventory, through workers.",
            "Accepts the command line of jetp, plus --worker-config."
        },
        footer = {
            "",
            "Exit codes: 0 all hosts ok, 2 hosts failed, 3 output incomplete, 4 hosts unreachable or worker lost, 6 both 2 and 4,",
            "64 usage, 75 taken over by another instance, 78 configuration, 124 deadline,",
            "130 interrupted, 1 internal error."
        })
final class RunCommand implements Callable<Integer>, StartsRun {
    @Mixin private RunOptions options;

    @Mixin private SinkFlags sinks;

    @Mixin private MetricsFlag metrics;

    @Mixin private ScreenFlags screen;

    @Option(
            names = "--detach",
            description =
                    "Print the GUID and continue in the background. Use 'status', 'logs' and"
                            + " 'cancel' with this GUID.")
    private boolean detach;

    @Parameters(
            arity = "0..1",
            paramLabel = "MODE",
            description =
                    "Mode of jetp: ssh (default) makes changes; check-ssh only shows them. Jetpack's"
                            + " apply and run are ssh; its plan is check-ssh.")
    private String mode = Mode.USUAL;

    @Override
    public RunRequest request() {
        return options.request(mode).with(sinks.request(metrics.address()));
    }

    @Override
    public Integer call() throws IOException {
        RunRequest request = request();
        return detach ? new Launch(screen).detach(request) : new Launch(screen).run(request);
    }
}
