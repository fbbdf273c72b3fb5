package org.jetfanout.pack;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.Runner;
import org.jetfanout.site.workers.AgentMode;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.ssh.KeysForHosts;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.ssh.config.Destination;

/**
 * Which keys of the user's agent each worker group may see, and which keys therefore must not log
 * in to workers. It is decided before anything is sent. Immutable.
 */
public final class AgentAccess {
    /** jetp uses the key whose comment this variable has. */
    public static final String KEY_COMMENT = "JET_SSH_KEY_COMMENT";

    private final Map<String, ShownKeys> named;
    private final Optional<KeysForHosts> others;
    private final List<String> warnings;

    private AgentAccess(
            Map<String, ShownKeys> named, Optional<KeysForHosts> others, List<String> warnings) {
        this.named = Map.copyOf(named);
        this.others = others;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Decides by workers.yml, and where that says nothing, by ssh_config.
     *
     * @param runner of the run
     * @param groups whose workers may get a batch
     * @param workers of the whole map: a worker without a batch may become a substitute
     * @param runner of the run
     */
    public static AgentAccess of(
            Runner runner,
            WorkersConfig config,
            Collection<String> groups,
            Collection<Worker> workers,
            boolean local,
            SshSettings ssh) {
        Map<String, ShownKeys> named = new TreeMap<>();
        Set<String> warnings = new LinkedHashSet<>();
        boolean unsaid = false;
        boolean commented = true;
        for (String group : groups) {
            WorkerSettings settings = config.settings(group);
            boolean comment =
                    !runner.triesOneKey()
                            // it needs a key for its workers and one for hosts
                            || settings.programs().isGateway()
                            || settings.env().containsKey(KEY_COMMENT)
                            || !System.getenv().getOrDefault(KEY_COMMENT, "").isEmpty();
            if (settings.agent() == AgentMode.NONE) {
                named.put(group, ShownKeys.named(List.of()));
            } else if (settings.agentKeys().isEmpty()) {
                unsaid = true;
                commented &= comment;
            } else {
                named.put(group, ShownKeys.named(settings.agentKeys()));
                KeysForHosts.warning(ssh, settings.agentKeys(), comment).ifPresent(warnings::add);
            }
        }
        Optional<KeysForHosts> others =
                unsaid
                        ? Optional.of(KeysForHosts.of(ssh, destinations(workers), local))
                        : Optional.empty();
        if (others.isPresent()) {
            others.get().warning(commented).ifPresent(warnings::add);
        }
        return new AgentAccess(named, others, List.copyOf(warnings));
    }

    private static List<Destination> destinations(Collection<Worker> workers) {
        List<Destination> all = new ArrayList<>();
        for (Worker worker : workers) {
            try {
                all.add(
                        new Destination(
                                worker.name(), worker.address(), worker.port(), worker.user()));
            } catch (ConfigurationException e) {
                // no login to this worker is possible, which is an error of that worker alone
            }
        }
        return all;
    }

    /** What the user must decide before anything can be sent, in one line; empty for nothing. */
    public Optional<String> question() {
        return others.flatMap(KeysForHosts::question);
    }

    /**
     * Fails where the user must say which keys are for hosts.
     *
     * @throws ConfigurationException with the question
     */
    public void require() {
        others.ifPresent(KeysForHosts::shown);
    }

    /** Why a login to hosts may find no key or the wrong key in the agent, one line each. */
    public List<String> warnings() {
        return warnings;
    }

    /** The keys that the workers of a group may see. */
    public ShownKeys shown(String group) {
        ShownKeys keys = named.get(group);
        return keys == null ? others.orElseThrow().shown() : keys;
    }

    /**
     * Fingerprints of the keys that must not log in to workers, because some workers may see them
     * although the user did not name them.
     */
    public List<String> forHosts() {
        return others.map(KeysForHosts::shown)
                .filter(keys -> keys.kind() == ShownKeys.Kind.LEFT)
                .map(ShownKeys::keys)
                .orElse(List.of());
    }
}
