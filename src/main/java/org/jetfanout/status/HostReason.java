package org.jetfanout.status;

import org.jetfanout.runner.Outcome;

/**
 * A host that is not as it should be, and why.
 *
 * @param host inventory name
 * @param outcome failed, unreachable, unfinished or not started (not part of the status shape)
 * @param reason one line; from the worker, so it passes {@link org.jetfanout.text.Text} before it
 *     is shown
 */
public record HostReason(String host, Outcome outcome, String reason) {}
