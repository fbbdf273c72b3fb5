package org.jetfanout.pack;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.bundle.BundleSource;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.RunnerOptions;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.site.playbook.Play;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.site.yaml.YamlValue;

/**
 * The login names that the runner of a batch may use on hosts. They come from the command line,
 * plays, any {@code jet_ssh_user}, and {@code agent_users}. For one run and one thread.
 */
public final class HostLoginNames {
    private static final String VARIABLE = "jet_ssh_user";

    /**
     * A runner of this name is a third tier. The names with which it logs in are only known on the
     * worker.
     */
    private static final String OURSELVES = "jet-fanout";

    private final BundleSource source;
    private final RunnerOptions options;
    private final WorkersConfig workers;
    private final Bundles bundles;
    private final Set<String> ofRun = new TreeSet<>();

    /**
     * @param source of the bundles
     * @param bundles of the run, whose shared files are packed
     */
    public HostLoginNames(
            BundleSource source, RunnerOptions options, WorkersConfig workers, Bundles bundles) {
        this.source = source;
        this.options = options;
        this.workers = workers;
        this.bundles = bundles;
        ofRun.add(options.login(System.getenv()));
        for (Playbook playbook : source.playbooks()) {
            for (Play play : playbook.plays()) {
                play.sshUser().ifPresent(ofRun::add);
            }
        }
        for (Path file : source.extraVars()) {
            extra(file).ifPresent(ofRun::add);
        }
    }

    /** The login names for one batch; empty where the guard must allow every name. */
    public Collection<String> of(Batch batch) {
        WorkerSettings settings = workers.settings(batch.worker().group());
        if (settings.agentUsers().contains(WorkerSettings.ANY_USER)
                || options.forwardAgent()
                || isThirdTier(settings)) {
            return List.of();
        }
        Set<String> names = new TreeSet<>(ofRun);
        names.addAll(settings.agentUsers());
        for (String host : bundles.reached(batch)) {
            source.inventory()
                    .variable(host, VARIABLE)
                    .ifPresent(name -> names.add(name.toString()));
        }
        return names;
    }

    private static boolean isThirdTier(WorkerSettings settings) {
        return ShellWords.split(settings.jetp()).stream()
                .anyMatch(word -> word.equals(OURSELVES) || word.endsWith("/" + OURSELVES));
    }

    private static Optional<String> extra(Path file) {
        return YamlValue.read(file)
                .map(value -> value.mapping("--extra-vars").get(VARIABLE))
                .filter(value -> value.isScalar() && !value.isNull())
                .map(value -> value.text(VARIABLE));
    }
}
