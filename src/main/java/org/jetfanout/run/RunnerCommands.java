package org.jetfanout.run;

import java.util.List;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.BundlePaths;
import org.jetfanout.runner.RunnerCall;
import org.jetfanout.runner.RunnerOptions;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.runner.known.Runners;
import org.jetfanout.site.workers.WorkerSettings;

/** The runner's command line for each batch of a run. Immutable. */
public final class RunnerCommands {
    private final CheckedRequest prepared;
    private final BundlePaths paths;
    private final String login;

    /**
     * @param paths where the runner finds what in its bundle
     */
    public RunnerCommands(CheckedRequest prepared, BundlePaths paths) {
        this.prepared = prepared;
        this.paths = paths;
        this.login = prepared.request().runner().login(System.getenv());
    }

    /** Its words. */
    public List<String> of(Batch batch) {
        WorkerSettings settings = prepared.workers().settings(batch.worker().group());
        RunnerOptions options = prepared.request().runner();
        return Runners.chosen()
                .command(
                        new RunnerCall(
                                ShellWords.split(settings.jetp()),
                                settings.threads(),
                                settings.batchSize(),
                                settings.sudoUser(),
                                login,
                                options,
                                paths));
    }
}
