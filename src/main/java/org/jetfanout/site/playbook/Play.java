package org.jetfanout.site.playbook;

import java.util.List;
import java.util.Optional;

/**
 * A play, as far as it says where and as whom it runs.
 *
 * @param name for people
 * @param groups whose hosts it addresses
 * @param line where it starts in its playbook, from 1
 * @param roles names of the roles it uses, in order
 * @param sshUser login name on the hosts; jetp keeps it for the plays that follow
 * @param sshPort as text; kept likewise
 */
public record Play(
        String name,
        List<String> groups,
        int line,
        List<String> roles,
        Optional<String> sshUser,
        Optional<String> sshPort) {
    public Play {
        groups = List.copyOf(groups);
        roles = List.copyOf(roles);
    }
}
