package org.jetfanout.pack;

import java.util.List;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.BundlePaths;
import org.jetfanout.runner.RunnerCall;
import org.jetfanout.runner.RunnerOptions;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.runner.known.Runners;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.site.workers.WorkersConfig;

/** The runner's command line for each batch of a run. Immutable. */
public final class RunnerCommands {
    private final RunnerOptions options;
    private final WorkersConfig workers;
    private final BundlePaths paths;
    private final String login;

    /**
     * @param paths of the files in the bundle
     */
    public RunnerCommands(RunnerOptions options, WorkersConfig workers, BundlePaths paths) {
        this.options = options;
        this.workers = workers;
        this.paths = paths;
        this.login = options.login(System.getenv());
    }

    /** The words of the command line for a batch. */
    public List<String> of(Batch batch) {
        WorkerSettings settings = workers.settings(batch.worker().group());
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
