package org.jetfanout.runner.jetp;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.runner.jetp.bundle.BundleFiles;
import org.jetfanout.runner.jetp.bundle.BundleSource;
import org.jetfanout.site.playbook.Dialect;
import org.jetfanout.site.playbook.Play;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.site.yaml.YamlValue;

/**
 * The login names that the runner of a batch may use on hosts. They come from the command line,
 * plays, any {@code jet_ssh_user}, and {@code agent_users}. For one run. Thread-safe.
 */
final class HostLoginNames {
    private static final String VARIABLE = "jet_ssh_user";

    /**
     * A runner of this name is a third tier. The names with which it logs in are only known on the
     * worker.
     */
    private static final String OURSELVES = "jet-fanout";

    private final BundleSource source;
    private final JetpOptions options;
    private final BundleFiles files;
    private final Set<String> ofRun = new TreeSet<>();

    /**
     * @param files packed from the source
     */
    HostLoginNames(BundleSource source, JetpOptions options, BundleFiles files) {
        this.source = source;
        this.options = options;
        this.files = files;
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
    Collection<String> of(Batch batch, WorkerSettings settings) {
        if (settings.agentUsers().contains(WorkerSettings.ANY_USER)
                || options.forwardAgent()
                || isThirdTier(settings)) {
            return List.of();
        }
        Set<String> names = new TreeSet<>(ofRun);
        names.addAll(settings.agentUsers());
        for (String host : files.reached(batch)) {
            source.inventory()
                    .variable(host, VARIABLE)
                    .ifPresent(name -> names.add(name.toString()));
        }
        return names;
    }

    private boolean isThirdTier(WorkerSettings settings) {
        String runner = options.dialect().orElse(Dialect.JETP).runner();
        return ShellWords.split(settings.program(runner)).stream()
                .anyMatch(word -> word.equals(OURSELVES) || word.endsWith("/" + OURSELVES));
    }

    private static Optional<String> extra(Path file) {
        return YamlValue.read(file)
                .map(value -> value.mapping("--extra-vars").get(VARIABLE))
                .filter(value -> value.isScalar() && !value.isNull())
                .map(value -> value.text(VARIABLE));
    }
}
