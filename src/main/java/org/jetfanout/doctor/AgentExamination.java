package org.jetfanout.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.ssh.agent.UserSshAgent;
import org.jetfanout.ssh.agent.UserSshAgent.HeldKey;
import org.jetfanout.text.Counted;
import org.jetfanout.text.Quoted;

/** The ssh-agent: hosts are reached with its keys, and mostly workers, too. */
record AgentExamination(SshFiles ssh) implements Examination {
    private static final String SUBJECT = "agent";
    private static final int MOST_NAMED = 4;
    private static final String START =
            "Start one and add the keys for workers and hosts: eval \"$(ssh-agent)\" && ssh-add."
                    + " Not needed where each worker group has agent: none.";

    @Override
    public List<Finding> findings() {
        if (ssh.agentSocket().isEmpty()) {
            return List.of(
                    Finding.missing(
                            SUBJECT,
                            "SSH_AUTH_SOCK is not set, so there is no ssh-agent: workers get no"
                                    + " key for hosts",
                            START));
        }
        Path socket = ssh.agentSocket().orElseThrow();
        try {
            return List.of(held(new UserSshAgent(socket).keys()));
        } catch (IOException e) {
            return List.of(
                    Files.exists(socket)
                            ? Finding.missing(
                                    SUBJECT,
                                    "no answer at SSH_AUTH_SOCK=" + socket + ": " + e.getMessage(),
                                    "A locked agent is opened by ssh-add -X. If the agent has"
                                            + " ended, start another one: eval \"$(ssh-agent)\" &&"
                                            + " ssh-add.")
                            : Finding.missing(
                                    SUBJECT, "SSH_AUTH_SOCK=" + socket + " does not exist", START));
        }
    }

    private Finding held(List<HeldKey> keys) {
        if (keys.isEmpty()) {
            return Finding.missing(
                    SUBJECT,
                    "the ssh-agent has no keys",
                    "Add the keys for workers and hosts: ssh-add FILE.");
        }
        String names = names(keys);
        if (keys.size() == 1 && ssh.defaultIdentityFiles().stream().noneMatch(Files::exists)) {
            return Finding.warning(
                    SUBJECT,
                    "the ssh-agent has one key only: " + names,
                    "A key that logs in to workers is not offered to hosts. Add a key for hosts,"
                            + " or name this key in agent_keys (workers.yml).");
        }
        // the protocol of agents has no question for these
        return Finding.ok(
                SUBJECT,
                "%s: %s (an agent does not tell which keys end by ssh-add -t or ask by ssh-add -c)"
                        .formatted(Counted.text(keys.size(), "key"), names));
    }

    private static String names(List<HeldKey> keys) {
        String names =
                keys.stream()
                        .limit(MOST_NAMED)
                        .map(key -> key.blob().fingerprint() + " " + Quoted.excerpt(key.comment()))
                        .collect(Collectors.joining(", "));
        return keys.size() > MOST_NAMED
                ? names + " and " + (keys.size() - MOST_NAMED) + " more"
                : names;
    }
}
