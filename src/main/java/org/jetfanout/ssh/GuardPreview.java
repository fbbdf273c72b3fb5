package org.jetfanout.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jetfanout.ssh.Agent.HeldKey;

/** What the agent guard will show to workers, as far as that can be told before any login. */
public final class GuardPreview {
    private GuardPreview() {}

    /**
     * Why workers will be shown no key for hosts: otherwise every host is just unreachable. Empty
     * where there is a key, or the agent cannot be asked (who logs in says that).
     *
     * @param agentKeys fingerprints or comments of the keys to show; empty: all but those that log
     *     in to workers
     */
    public static Optional<String> warning(SshSettings ssh, List<String> agentKeys) {
        List<HeldKey> held;
        try {
            held =
                    ssh.files().agentSocket().isPresent()
                            ? new Agent(ssh.files().agentSocket().get()).keys()
                            : List.of();
        } catch (IOException e) {
            return Optional.empty();
        }
        if (held.isEmpty()) {
            return Optional.empty();
        }
        if (!agentKeys.isEmpty()) {
            boolean shown =
                    held.stream()
                            .anyMatch(
                                    key ->
                                            agentKeys.contains(key.comment())
                                                    || agentKeys.contains(
                                                            key.blob().fingerprint()));
            return shown
                    ? Optional.empty()
                    : Optional.of(
                            "the ssh-agent has none of agent_keys (workers.yml), so hosts will be unreachable: ssh-add"
                                    + " the key for hosts");
        }
        // a key that is named comes first, and leaves the agent's for the hosts
        boolean named = ssh.files().identityFiles().stream().anyMatch(Files::exists);
        return held.size() > 1 || named
                ? Optional.empty()
                : Optional.of(
                        "the ssh-agent has one key only ("
                                + held.get(0).blob().fingerprint()
                                + "): where it logs in to workers it is not offered to hosts, and they will be"
                                + " unreachable; ssh-add a key for hosts, or name this one in agent_keys (workers.yml)");
    }
}
