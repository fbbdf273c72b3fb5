package org.jetfanout.dispatch;

import java.time.Instant;

/**
 * What happened to a batch before a thread took it up now. Immutable.
 *
 * @param started when it was taken up for the first time
 * @param mayHaveStarted whether its job may have been started
 * @param attachOnly whether its bundle is gone: its job can be attached, but not started
 */
record BatchPast(Instant started, boolean mayHaveStarted, boolean attachOnly) {
    /** A batch that is taken up for the first time. */
    static BatchPast none() {
        return new BatchPast(Instant.now(), false, false);
    }
}
