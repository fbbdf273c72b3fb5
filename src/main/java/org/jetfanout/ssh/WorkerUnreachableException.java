package org.jetfanout.ssh;

import java.net.ConnectException;
import org.jetfanout.text.Quoted;

/**
 * A worker that could not be reached, or was lost. Its message is one clear line: {@code worker w1
 * (127.0.0.2:2222): connection refused}.
 */
public final class WorkerUnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The families of causes. */
    public enum Cause {
        /**
         * What is written on this machine rules the worker out: root as its login, ssh_config, a
         * name that cannot be one. Nothing was sent, and trying again does not help.
         */
        CONFIGURATION,
        /** No TCP connection, or it broke before both sides had keys. */
        CONNECT,
        /** No algorithm that both sides have: trying again does not help. */
        KEY_EXCHANGE,
        /** The jump host lets nobody through to the worker. */
        JUMP_HOST,
        /** known_hosts has no key of the worker. */
        HOST_KEY_UNKNOWN,
        /** known_hosts has another key of the worker. */
        HOST_KEY_CHANGED,
        /** The worker's key is marked as revoked. */
        HOST_KEY_REVOKED,
        /** No key was accepted. */
        AUTHENTICATION,
        /** A deadline has passed. */
        TIMEOUT,
        /** Logged in, but no command could be started. */
        CHANNEL,
        /** The connection broke while a command ran: how it ended is not known. */
        LOST
    }

    private final Cause reason;

    WorkerUnreachableException(Cause reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** The family of the cause. */
    public Cause reason() {
        return reason;
    }

    /** The plain words in an exception. */
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
