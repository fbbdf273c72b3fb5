package org.jetfanout.site.playbook;

import java.util.List;
import java.util.Optional;

/**
 * Where a play runs, and as whom.
 *
 * @param name for people
 * @param groups whose hosts it addresses
 * @param line at which it starts in its playbook, from 1
 * @param roles names of the roles it uses, in order
 * @param sshUser login name on the hosts; jetp keeps it for the plays that follow
 * @param sshPort as text; jetp keeps it for the plays that follow
 */
public record Play(
        String name,
        List<String> groups,
        int line,
        List<String> roles,
        Optional<String> sshUser,
        Optional<String> sshPort) {
    /** Copies the lists. */
    public Play {
        groups = List.copyOf(groups);
        roles = List.copyOf(roles);
    }
}
