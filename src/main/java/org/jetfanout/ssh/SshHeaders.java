package org.jetfanout.ssh;

import org.jetfanout.ssh.agent.GuardPolicy;

/**
 * Headers of a message that goes to an {@code ssh:} endpoint. What they carry is data: it is
 * checked, and never read as a part of a URI, so one endpoint such as {@code
 * ssh:worker?stream=true&forwardAgent=true} serves all workers.
 */
public final class SshHeaders {
    /** String: the worker's name, for messages; the host where there is none. */
    public static final String WORKER = "JetWorker";

    /** String: address to connect to, or an alias of ssh_config; in place of the URI's host. */
    public static final String HOST = "JetSshHost";

    /** Integer: port, 0 leaves it to ssh_config; in place of the URI's port. */
    public static final String PORT = "JetSshPort";

    /** String: login name, empty leaves it to ssh_config; in place of the URI's user. */
    public static final String USER = "JetSshUser";

    /**
     * {@link java.io.InputStream}: the command's stdin. Read to its end and closed; removed. A
     * {@link HeldInput} is not read before it is let go.
     */
    public static final String STDIN = "JetSshStdin";

    /**
     * {@link GuardPolicy}: what the worker may do with the user's agent. Without it, or without
     * {@code forwardAgent=true} at the endpoint, it gets no agent. Removed.
     */
    public static final String GUARD = "JetSshGuard";

    /**
     * List of strings: fingerprints of the keys that workers are shown to log in to hosts, and that
     * so must log in to no worker. Removed.
     */
    public static final String FOR_HOSTS = "JetSshForHosts";

    /** {@link Deadlines}: for connecting and logging in; in place of the endpoint's. */
    public static final String DEADLINES = "JetSshDeadlines";

    /** String, set by the endpoint: fingerprint of the key that logged in to the worker. */
    public static final String LOGIN_KEY = "JetSshLoginKey";

    /** {@link Encryption}, set by the endpoint: what was agreed on with the worker. */
    public static final String ENCRYPTION = "JetSshEncryption";

    private SshHeaders() {}
}
