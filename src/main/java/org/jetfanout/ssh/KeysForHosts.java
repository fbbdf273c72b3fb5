package org.jetfanout.ssh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.ssh.agent.UserSshAgent;
import org.jetfanout.ssh.agent.UserSshAgent.HeldKey;
import org.jetfanout.ssh.config.Destination;
import org.jetfanout.ssh.config.SshConfig.Resolved;
import org.jetfanout.ssh.keys.KeyBlob;
import org.jetfanout.text.Quoted;

/**
 * Decides, before anything is sent, which keys of the user's agent workers may see: by what the
 * user says, or by what ssh_config says about the workers. It does not matter which keys have
 * logged in where. A key for a worker that is down, or whose turn has not come, must not be shown
 * to another worker.
 *
 * <p>Immutable.
 */
public final class KeysForHosts {
    /** The most keys that a message names. */
    private static final int MOST_NAMED = 8;

    private final List<HeldKey> held;
    private final Optional<ShownKeys> found;
    private final String question;

    private KeysForHosts(List<HeldKey> held, Optional<ShownKeys> found, String question) {
        this.held = List.copyOf(held);
        this.found = found;
        this.question = question;
    }

    /**
     * Decides where the user has not said which keys are for hosts.
     *
     * @param workers all workers that may be logged in to, with possible substitutes
     * @param local whether the control machine may see keys, too
     */
    public static KeysForHosts of(SshSettings ssh, Collection<Destination> workers, boolean local) {
        try (SshConnections connections = new SshConnections(ssh)) {
            return of(ssh, connections, workers, local);
        }
    }

    private static KeysForHosts of(
            SshSettings ssh,
            SshConnections connections,
            Collection<Destination> workers,
            boolean local) {
        Identities identities =
                new Identities(
                        ssh.files().identityFiles(),
                        ssh.files().defaultIdentityFiles(),
                        new Passphrases(PassphrasePrompt.none()));
        Set<String> machines = new HashSet<>();
        Set<UserSshAgent> agents = new LinkedHashSet<>();
        Set<String> forWorkers = new LinkedHashSet<>();
        boolean allNamed = true;
        ssh.files().agentSocket().map(UserSshAgent::new).ifPresent(agents::add);
        connections.lookUp(workers);
        for (Destination worker : workers) {
            List<Resolved> way;
            try {
                way = connections.machines(worker);
            } catch (ConfigurationException | WorkerUnreachableException e) {
                // no login is possible there now, but it counts as a machine with a key
                machines.add(worker.toString());
                continue;
            }
            for (Resolved machine : way) {
                // another account counts as another machine: the user of one must not get the key
                // of the other
                machines.add(machine.user() + "@" + machine.hostName() + ":" + machine.port());
                machine.agent(ssh.files().agentSocket())
                        .map(UserSshAgent::new)
                        .ifPresent(agents::add);
                Set<String> named = identities.named(machine.identityFiles());
                allNamed &= !named.isEmpty();
                forWorkers.addAll(named);
            }
        }
        List<HeldKey> held = held(agents);
        Set<String> keys = fingerprints(held);
        if (allNamed) {
            return new KeysForHosts(held, Optional.of(left(keys, forWorkers)), "");
        }
        Set<String> all = new LinkedHashSet<>(keys);
        all.addAll(identities.usual());
        all.addAll(forWorkers);
        if (keys.isEmpty() || all.size() == 1) {
            // there is no other machine, or this is the key that logs in
            return new KeysForHosts(held, Optional.of(left(keys, all)), "");
        }
        if (machines.size() == 1 && !local) {
            ShownKeys rest = new ShownKeys(ShownKeys.Kind.BUT_LOGIN, List.copyOf(keys));
            return new KeysForHosts(held, Optional.of(rest), "");
        }
        return new KeysForHosts(held, Optional.empty(), question(held));
    }

    private static List<HeldKey> held(Set<UserSshAgent> agents) {
        Map<KeyBlob, HeldKey> held = new LinkedHashMap<>();
        for (UserSshAgent agent : agents) {
            try {
                agent.keys().forEach(key -> held.putIfAbsent(key.blob(), key));
            } catch (IOException e) {
                // the login reports that
            }
        }
        return List.copyOf(held.values());
    }

    private static Set<String> fingerprints(Collection<HeldKey> keys) {
        return keys.stream()
                .map(key -> key.blob().fingerprint())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static ShownKeys left(Set<String> keys, Set<String> forWorkers) {
        List<String> rest = new ArrayList<>(keys);
        rest.removeAll(forWorkers);
        return new ShownKeys(ShownKeys.Kind.LEFT, rest);
    }

    private static String question(List<HeldKey> held) {
        String example = held.get(held.size() - 1).blob().fingerprint();
        return "jet-fanout cannot tell which keys of the ssh-agent are for hosts, and it must not"
                + " offer a key for workers to a worker. Name the keys for hosts in workers.yml,"
                + " such as agent_keys: [ '"
                + example
                + "' ], or name the keys for workers with IdentityFile in ssh_config. The agent"
                + " holds "
                + names(held);
    }

    private static String names(List<HeldKey> held) {
        String names =
                held.stream()
                        .limit(MOST_NAMED)
                        .map(
                                key ->
                                        key.blob().fingerprint()
                                                + " ("
                                                + Quoted.excerpt(key.comment())
                                                + ")")
                        .collect(Collectors.joining(", "));
        return held.size() > MOST_NAMED
                ? names + " and " + (held.size() - MOST_NAMED) + " more"
                : names;
    }

    /** What the user must decide, in one line; empty where there is no need to ask. */
    public Optional<String> question() {
        return Optional.of(question).filter(text -> !text.isEmpty());
    }

    /**
     * The keys that workers may see.
     *
     * @throws ConfigurationException with the question, where the user must decide
     */
    public ShownKeys shown() {
        return found.orElseThrow(() -> new ConfigurationException(question));
    }

    /** Why logins to hosts may fail with these keys, in one line; empty where they should work. */
    public Optional<String> warning(boolean commented) {
        return found.flatMap(keys -> warning(held, keys, commented));
    }

    /**
     * Why logins to hosts may fail with keys that the user named, in one line; empty where they
     * should work.
     *
     * @param commented whether a comment tells the runner which key to use
     */
    public static Optional<String> warning(SshSettings ssh, List<String> named, boolean commented) {
        Set<UserSshAgent> agents = new LinkedHashSet<>();
        ssh.files().agentSocket().map(UserSshAgent::new).ifPresent(agents::add);
        return warning(held(agents), ShownKeys.named(named), commented);
    }

    private static Optional<String> warning(List<HeldKey> held, ShownKeys keys, boolean commented) {
        if (held.isEmpty()) {
            return Optional.empty();
        }
        List<HeldKey> shown =
                held.stream()
                        .filter(key -> keys.has(key.blob().fingerprint(), key.comment()))
                        .toList();
        int logIn = keys.kind() == ShownKeys.Kind.BUT_LOGIN ? 1 : 0;
        if (shown.size() > logIn + 1 && !commented) {
            return Optional.of(
                    "the ssh-agent has "
                            + (shown.size() - logIn)
                            + " keys for hosts, but the runner tries only the first: name the right"
                            + " key in agent_keys (workers.yml), or its comment in"
                            + " $JET_SSH_KEY_COMMENT");
        }
        if (!shown.isEmpty()) {
            return Optional.empty();
        }
        if (keys.kind() == ShownKeys.Kind.NAMED) {
            return Optional.of(
                    "the ssh-agent has none of agent_keys (workers.yml), so hosts will be"
                            + " unreachable: add the key for hosts with ssh-add");
        }
        return Optional.of(
                held.size() == 1
                        ? "the ssh-agent has only one key ("
                                + held.get(0).blob().fingerprint()
                                + "): this key logs in to workers, so jet-fanout does not offer"
                                + " it to hosts, and they will be unreachable. Add a key for"
                                + " hosts with ssh-add, or name this key in agent_keys"
                                + " (workers.yml)"
                        : "all keys of the ssh-agent log in to workers (IdentityFile in"
                                + " ssh_config), so jet-fanout offers none to hosts, and they"
                                + " will be unreachable. Add a key for hosts with ssh-add, or"
                                + " name one in agent_keys (workers.yml)");
    }
}
