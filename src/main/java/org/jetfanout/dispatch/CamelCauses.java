package org.jetfanout.dispatch;

import org.apache.camel.CamelExchangeException;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.RuntimeCamelException;
import org.jetfanout.record.RecordException;

/** Finds the real cause inside an exception that Camel has wrapped. Pure functions. */
public final class CamelCauses {
    private CamelCauses() {}

    /** The exception of a step. Camel wraps it once for each EIP that it passes. */
    public static Exception within(Exception thrown) {
        Exception cause = thrown;
        while ((cause instanceof CamelExchangeException
                        || cause instanceof CamelExecutionException
                        || cause.getClass() == RuntimeCamelException.class)
                && cause.getCause() instanceof Exception inner) {
            cause = inner;
        }
        for (Throwable reason = cause; reason != null; reason = reason.getCause()) {
            if (reason instanceof RecordException own) {
                return own;
            }
        }
        return cause;
    }

    /**
     * Whether it is an error of the run record or of the JVM. All other errors concern one worker
     * only.
     */
    public static boolean isOwn(Exception cause) {
        return cause instanceof RecordException || cause.getCause() instanceof Error;
    }
}
