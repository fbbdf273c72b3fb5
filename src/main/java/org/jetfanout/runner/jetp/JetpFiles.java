package org.jetfanout.runner.jetp;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jetfanout.bundle.Bundle;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.runner.jetp.bundle.BundleFiles;
import org.jetfanout.runner.jetp.bundle.BundleSource;
import org.jetfanout.site.playbook.Dialect;
import org.jetfanout.site.workers.WorkerSettings;

/** The packed files of a run of jetp, with the command line for each batch. Thread-safe. */
final class JetpFiles implements RunnerFiles {
    private final JetpOptions options;
    private final BundleFiles files;
    private final HostLoginNames logins;
    private final String login;
    private final String runner;

    /**
     * @param files packed from the source
     */
    JetpFiles(JetpOptions options, BundleSource source, BundleFiles files) {
        this.options = options;
        this.files = files;
        this.logins = new HostLoginNames(source, options, files);
        this.login = options.login(System.getenv());
        this.runner = options.dialect().orElse(Dialect.JETP).runner();
    }

    @Override
    public List<String> command(Batch batch, WorkerSettings settings) {
        return JetpCommand.words(
                new JetpCall(
                        ShellWords.split(settings.program(runner)),
                        settings.threads(),
                        settings.batchSize(),
                        settings.sudoUser(),
                        login,
                        options,
                        files.paths()));
    }

    @Override
    public Map<String, String> environment(Batch batch, WorkerSettings settings) {
        return Map.of();
    }

    @Override
    public Collection<String> logins(Batch batch, WorkerSettings settings) {
        return logins.of(batch, settings);
    }

    @Override
    public boolean tagged() {
        return !options.tags().isEmpty();
    }

    @Override
    public Map<String, String> sources() {
        return files.sources();
    }

    @Override
    public Bundle slice(Batch batch, Set<Integer> barriers, Map<String, byte[]> extraFiles) {
        return files.slice(batch, barriers, extraFiles);
    }
}
