package org.jetfanout.ssh;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jetfanout.machine.FileTimes;
import org.jetfanout.ssh.Identities.Candidates;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.agent.AgentGuard;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.agent.UserSshAgent;
import org.jetfanout.ssh.config.ConfiguredAlgorithms;
import org.jetfanout.ssh.config.SshConfig.Resolved;
import org.jetfanout.ssh.hostkeys.HostKeys;
import org.jetfanout.ssh.hostkeys.KnownHosts;

/**
 * What logins may use on each machine: keys, known host keys, algorithms, and the guard of the
 * user's agent. Each file is read once, known_hosts again after {@link #noticeChanges}.
 * Thread-safe.
 */
final class LoginOptions {
    private final SshSettings settings;
    private final Identities identities;
    private final Executor askers;
    private final ProvenKeys proven = new ProvenKeys();

    // Mutable state: results kept for reuse
    private final Map<List<Path>, ReadHosts> knownHosts = new ConcurrentHashMap<>();
    private final Map<ConfiguredAlgorithms, Algorithms> algorithms = new ConcurrentHashMap<>();

    /** Known host keys, and when their files were changed before that. */
    private record ReadHosts(FileTimes times, KnownHosts hosts) {
        static ReadHosts read(List<Path> files) {
            FileTimes times = FileTimes.of(files);
            return new ReadHosts(times, KnownHosts.read(files));
        }
    }

    /**
     * @param askers gives threads that ask the user's agent for workers
     */
    LoginOptions(SshSettings settings, Passphrases passphrases, Executor askers) {
        this.settings = settings;
        this.identities =
                new Identities(
                        settings.files().identityFiles(),
                        settings.files().defaultIdentityFiles(),
                        passphrases);
        this.askers = askers;
    }

    /** Forgets the files that were changed since they were read. */
    void noticeChanges() {
        knownHosts.values().removeIf(read -> !read.times().areStill());
    }

    /** The algorithms of a login where ssh_config names none. */
    Algorithms usual() {
        return algorithms(ConfiguredAlgorithms.NONE);
    }

    /**
     * Makes logins to a machine, one for each of its addresses.
     *
     * @param policy for the user's agent; empty where the machine gets no agent
     * @param forHosts fingerprints of keys that must not log in
     * @throws WorkerUnreachableException where there is no key
     */
    Supplier<Login> logins(Hop hop, Optional<GuardPolicy> policy, Set<String> forHosts) {
        Resolved resolved = hop.resolved();
        Optional<UserSshAgent> agent =
                resolved.agent(settings.files().agentSocket()).map(UserSshAgent::new);
        Algorithms mayUse = algorithms(resolved.algorithms());
        Candidates candidates =
                identities
                        .of(
                                resolved.identityFiles(),
                                resolved.keysNamed(),
                                resolved.certificates(),
                                resolved.identitiesOnly(),
                                agent,
                                forHosts,
                                policy.map(GuardPolicy::keys))
                        .within(mayUse);
        HostKeys known = hostKeys(resolved);
        Supplier<Login> logins =
                () ->
                        new Login(
                                hop.machine(),
                                known,
                                mayUse,
                                candidates,
                                proven,
                                guard(policy, agent));
        if (candidates.keys().isEmpty()) {
            String noAgent =
                    agent.isEmpty()
                            ? "no ssh-agent (SSH_AUTH_SOCK is not set)"
                            : "no key in the ssh-agent";
            String troubles =
                    candidates.troubles().isEmpty()
                            ? ""
                            : ": " + String.join("; ", candidates.troubles());
            throw logins.get()
                    .exception(
                            Cause.AUTHENTICATION,
                            noAgent + " and no identity file" + troubles,
                            null);
        }
        return logins;
    }

    private Algorithms algorithms(ConfiguredAlgorithms configured) {
        return algorithms.computeIfAbsent(
                configured, w -> Algorithms.of(settings.keyExchanges(), w));
    }

    /**
     * The known host keys of a machine, from the files that ssh_config names for it, or else the
     * usual ones.
     */
    private HostKeys hostKeys(Resolved resolved) {
        List<Path> files =
                settings.files().knownHosts(resolved.userKnownHosts(), resolved.globalKnownHosts());
        KnownHosts known = knownHosts.computeIfAbsent(files, ReadHosts::read).hosts();
        return resolved.alias()
                ? known.ofAlias(resolved.knownAs())
                : known.of(resolved.knownAs(), resolved.port());
    }

    private Optional<AgentGuard> guard(Optional<GuardPolicy> policy, Optional<UserSshAgent> agent) {
        return policy.flatMap(p -> agent.map(a -> new AgentGuard(p, a, askers, Clock.systemUTC())));
    }
}
