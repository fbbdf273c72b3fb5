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
import org.jetfanout.site.workers.AgentMode;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.ssh.KeysForHosts;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.ssh.config.Destination;

/**
 * Which keys of the user's agent each worker group is shown, and which keys therefore cannot log in
 * to the workers. It is decided before anything is sent. Immutable.
 */
public final class AgentAccess {
    /** By this variable jetp knows which of several keys to take. */
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
     * By what workers.yml says, and where it says nothing, by what ssh_config does.
     *
     * @param groups those whose workers may be sent a batch
     * @param workers of the whole map: whoever has no batch may get that of another
     * @param local whether the control machine may have a batch
     */
    public static AgentAccess of(
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
                    settings.env().containsKey(KEY_COMMENT)
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
                // nobody can log in there, which concerns that worker alone
            }
        }
        return all;
    }

    /** What is asked of the user before anything can be sent, in one line; empty for nothing. */
    public Optional<String> question() {
        return others.flatMap(KeysForHosts::question);
    }

    /**
     * Refuses to go on where the user has to say which keys are for hosts.
     *
     * @throws ConfigurationException that asks
     */
    public void require() {
        others.ifPresent(KeysForHosts::shown);
    }

    /** Why hosts may get no key of the agent, or the wrong one, one line each. */
    public List<String> warnings() {
        return warnings;
    }

    /** The keys that the workers of a group are shown. */
    public ShownKeys shown(String group) {
        ShownKeys keys = named.get(group);
        return keys == null ? others.orElseThrow().shown() : keys;
    }

    /**
     * Fingerprints of the keys that log in to no worker, since some are shown to workers without
     * the user having said so.
     */
    public List<String> forHosts() {
        return others.map(KeysForHosts::shown)
                .filter(keys -> keys.kind() == ShownKeys.Kind.LEFT)
                .map(ShownKeys::keys)
                .orElse(List.of());
    }
}
