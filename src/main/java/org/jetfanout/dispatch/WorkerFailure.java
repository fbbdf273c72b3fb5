package org.jetfanout.dispatch;

import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.WorkerUnreachableException;

/** Why a worker failed: whether the command was sent, and whether another try may send it. */
enum WorkerFailure {
    /** The command did not go out, and will not the next time. */
    FOR_GOOD,
    /** The command did not go out. */
    FOR_NOW,
    /** The connection broke: the command may have gone out. */
    LOST,
    /** None that we know: the command may have gone out. */
    UNKNOWN;

    /** By what was thrown on the way to the worker, or by it. */
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
