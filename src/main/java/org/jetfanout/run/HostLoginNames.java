package org.jetfanout.run;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.dispatch.Bundles;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.RunnerOptions;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.site.playbook.Play;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.site.yaml.YamlValue;

/**
 * The login names that the runner of a batch may use on hosts: from the command line, plays, {@code
 * jet_ssh_user} anywhere, and {@code agent_users}. For one run and one thread.
 */
final class HostLoginNames {
    private static final String VARIABLE = "jet_ssh_user";

    /** A third tier: whom that logs in as is written on the worker. */
    private static final String OURSELVES = "jet-fanout";

    private final CheckedRequest prepared;
    private final Bundles bundles;
    private final Set<String> ofRun = new TreeSet<>();

    /**
     * @param bundles of the run, whose common part is packed
     */
    HostLoginNames(CheckedRequest prepared, Bundles bundles) {
        this.prepared = prepared;
        this.bundles = bundles;
        RunnerOptions options = prepared.request().runner();
        ofRun.add(options.login(System.getenv()));
        for (Playbook playbook : prepared.playbooks()) {
            for (Play play : playbook.plays()) {
                play.sshUser().ifPresent(ofRun::add);
            }
        }
        for (String text : prepared.request().extraVars()) {
            extra(text).ifPresent(ofRun::add);
        }
    }

    /** For one batch; none where any name must do. */
    Collection<String> of(Batch batch) {
        WorkerSettings settings = prepared.workers().settings(batch.worker().group());
        if (settings.agentUsers().contains(WorkerSettings.ANY_USER)
                || prepared.request().runner().forwardAgent()
                || isThirdTier(settings)) {
            return List.of();
        }
        Set<String> names = new TreeSet<>(ofRun);
        names.addAll(settings.agentUsers());
        for (String host : bundles.reached(batch)) {
            prepared.inventory()
                    .variable(host, VARIABLE)
                    .ifPresent(name -> names.add(name.toString()));
        }
        return names;
    }

    private static boolean isThirdTier(WorkerSettings settings) {
        return ShellWords.split(settings.jetp()).stream()
                .anyMatch(word -> word.equals(OURSELVES) || word.endsWith("/" + OURSELVES));
    }

    private static Optional<String> extra(String text) {
        return Optional.of(text)
                .filter(file -> file.startsWith("@"))
                .flatMap(file -> YamlValue.read(Path.of(file.substring(1))))
                .map(value -> value.mapping("--extra-vars").get(VARIABLE))
                .filter(value -> value.isScalar() && !value.isNull())
                .map(value -> value.text(VARIABLE));
    }
}
