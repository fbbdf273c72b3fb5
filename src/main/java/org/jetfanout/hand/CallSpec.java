package org.jetfanout.hand;

import java.util.Set;
import org.jetfanout.ssh.Deadlines;
import org.jetfanout.ssh.config.Destination;

/**
 * A command on a worker that a hand is to carry out.
 *
 * @param guid the run
 * @param zone from which the worker can be reached
 * @param worker where to log in, as the hand's ssh_config understands it
 * @param command for the login shell; the caller has quoted it
 * @param deadlines for connecting and logging in
 * @param forHosts fingerprints of keys that must not log in to workers
 */
public record CallSpec(
        String guid,
        String zone,
        Destination worker,
        String command,
        Deadlines deadlines,
        Set<String> forHosts) {
    /** Copies the set. */
    public CallSpec {
        forHosts = Set.copyOf(forHosts);
    }
}
