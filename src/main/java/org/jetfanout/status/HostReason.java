package org.jetfanout.status;

import org.jetfanout.runner.Outcome;

/**
 * A host with a problem, and the reason.
 *
 * @param host inventory name
 * @param outcome failed, unreachable, unfinished or not started (not in the JSON)
 * @param reason one line; it comes from the worker, so it passes {@link org.jetfanout.text.Text}
 *     before it is shown
 */
public record HostReason(String host, Outcome outcome, String reason) {
    /** The reason of a host whose batch has not ended: more is known only then. */
    public static final String SO_FAR = "so far; its batch has not ended";
}
