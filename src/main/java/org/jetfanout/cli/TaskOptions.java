package org.jetfanout.cli;

import java.io.IOException;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.exec.ExecRequest;
import org.jetfanout.runner.exec.HostTask;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a run that does one task on hosts, without a playbook; and such a run. */
final class TaskOptions {
    @Mixin private HostsOptions hosts;

    @Mixin private HostLoginOptions login;

    @Mixin private FanOutOptions fanOut;

    @Mixin private SinkFlags sinks;

    @Mixin private MetricsFlag metrics;

    @Mixin private ScreenFlags screen;

    @SuppressWarnings("UnusedVariable") // Main looks for it, whatever the command
    @Option(names = "-v", description = "-vv shows stack traces of errors.")
    private boolean[] verbosity = {};

    @Option(
            names = "--detach",
            description =
                    "Print the GUID and continue in the background. Use 'status', 'logs' and"
                            + " 'cancel' with this GUID.")
    private boolean detach;

    @Option(
            names = {"-b", "--gather"},
            description =
                    "Show no lines while it runs, but the output of all hosts at the end, equal"
                            + " output once.")
    private boolean gather;

    /** The reader for files that are named as a pipe. */
    Pipes pipes() {
        return fanOut.pipes();
    }

    /**
     * The request for a task.
     *
     * @param bare whether the hosts get the command line as it is
     */
    RunRequest request(HostTask task, boolean bare) {
        ExecRequest work = new ExecRequest(hosts.chosen(fanOut.pipes()), task, login.options(bare));
        return fanOut.request(work).with(sinks.request(metrics.address()));
    }

    /** Carries out a request. Returns the exit code. */
    int run(RunRequest request) throws IOException {
        Launch launch = gather ? Launch.gathering(screen) : new Launch(screen);
        return detach ? launch.detach(request) : launch.run(request);
    }
}
