package org.jetfanout.ssh;

import org.jetfanout.ssh.agent.GuardPolicy;

/**
 * Headers of a message to an {@code ssh:} endpoint. Their values are checked and never read as
 * parts of a URI, so one endpoint such as {@code ssh:worker?stream=true&forwardAgent=true} serves
 * all workers.
 */
public final class SshHeaders {
    /** String: the worker's name, for messages; the host where there is none. */
    public static final String WORKER = "JetWorker";

    /** String: address to connect to, or an alias of ssh_config; replaces the URI's host. */
    public static final String HOST = "JetSshHost";

    /** Integer: port; 0 lets ssh_config decide; replaces the URI's port. */
    public static final String PORT = "JetSshPort";

    /** String: login name; empty lets ssh_config decide; replaces the URI's user. */
    public static final String USER = "JetSshUser";

    /**
     * {@link java.io.InputStream}: the command's stdin. It is read to its end and closed, and the
     * header is removed. A {@link HeldInput} is not read before it is released.
     */
    public static final String STDIN = "JetSshStdin";

    /**
     * {@link GuardPolicy}: what the worker may do with the user's agent. Without this header, or
     * without {@code forwardAgent=true} at the endpoint, it gets no agent. The header is removed.
     */
    public static final String GUARD = "JetSshGuard";

    /**
     * List of strings: fingerprints of keys that workers may see for logins to hosts, and that must
     * not log in to workers. The header is removed.
     */
    public static final String FOR_HOSTS = "JetSshForHosts";

    /** {@link Deadlines}: for connecting and logging in; replace those of the endpoint. */
    public static final String DEADLINES = "JetSshDeadlines";

    /** String, set by the endpoint: fingerprint of the key that logged in to the worker. */
    public static final String LOGIN_KEY = "JetSshLoginKey";

    /** {@link Encryption}, set by the endpoint: the algorithms agreed on with the worker. */
    public static final String ENCRYPTION = "JetSshEncryption";

    private SshHeaders() {}
}
