package org.jetfanout.dispatch;

import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.WorkerUnreachableException;

/** Why a worker failed: whether the command was sent, and whether another try may send it. */
enum WorkerFailure {
    /** The command was not sent, and the next try cannot send it either. */
    FOR_GOOD,
    /** The command was not sent. The next try may send it. */
    FOR_NOW,
    /** The connection broke. The command may have been sent. */
    LOST,
    /** Another failure. The command may have been sent. */
    UNKNOWN;

    /** Classifies an exception from the way to the worker or from the worker. */
    static WorkerFailure of(Exception cause) {
        if (cause instanceof ConfigurationException) {
            return FOR_GOOD;
        }
        if (!(cause instanceof WorkerUnreachableException unreachable)) {
            return UNKNOWN;
        }
        return switch (unreachable.reason()) {
            case CONFIGURATION,
                    KEY_EXCHANGE,
                    JUMP_HOST,
                    HOST_KEY_UNKNOWN,
                    HOST_KEY_CHANGED,
                    HOST_KEY_REVOKED,
                    AUTHENTICATION ->
                    FOR_GOOD;
            case CONNECT, TIMEOUT, CHANNEL -> FOR_NOW;
            case LOST -> LOST;
        };
    }
}
