package org.jetfanout.ssh;

import org.jetfanout.ssh.config.SshConfig.Resolved;

/**
 * A machine on the way to a worker, or the worker itself. Immutable.
 *
 * @param label how messages name it
 * @param resolved its settings in ssh_config
 */
record Hop(String label, Resolved resolved) {
    /** The label with address and port. */
    String machine() {
        String host = resolved.hostName();
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return label + " (" + shown + ":" + resolved.port() + ")";
    }
}
