package org.jetfanout.ssh;

import java.net.ConnectException;
import org.jetfanout.text.Quoted;

/**
 * Thrown where a worker could not be reached, or was lost. Its message is one clear line: {@code
 * worker w1 (127.0.0.2:2222): connection refused}.
 */
public final class WorkerUnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The kinds of causes. */
    public enum Cause {
        /**
         * A setting on this machine is wrong for the worker: root as its login, ssh_config, an
         * invalid name. Nothing was sent, and a retry does not help.
         */
        CONFIGURATION,
        /** There is no TCP connection, or it broke before both sides had keys. */
        CONNECT,
        /** There is no algorithm that both sides have. A retry does not help. */
        KEY_EXCHANGE,
        /** The jump host does not connect us to the worker. */
        JUMP_HOST,
        /** known_hosts has no key of the worker. */
        HOST_KEY_UNKNOWN,
        /** known_hosts has another key of the worker. */
        HOST_KEY_CHANGED,
        /** The worker's key is marked as revoked. */
        HOST_KEY_REVOKED,
        /** The worker accepted no key. */
        AUTHENTICATION,
        /** A deadline has passed. */
        TIMEOUT,
        /** The login succeeded, but no command could be started. */
        CHANNEL,
        /** The connection broke while a command ran. It is unknown how the command ended. */
        LOST
    }

    private final Cause reason;

    WorkerUnreachableException(Cause reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /**
     * What another instance says about a worker that it has tried to reach.
     *
     * @param message one line
     */
    public static WorkerUnreachableException told(Cause reason, String message) {
        return new WorkerUnreachableException(reason, message, null);
    }

    /** The kind of the cause. */
    public Cause reason() {
        return reason;
    }

    /** The plain words of an exception. */
    static String words(Throwable trouble) {
        Throwable root = trouble;
        while (root != null && root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        if (root == null) {
            return "connection closed";
        }
        String text =
                root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return root instanceof ConnectException && text.contains("refused")
                ? "connection refused"
                : Quoted.excerpt(text);
    }
}
