package org.jetfanout.service.api;

/**
 * A run that was accepted.
 *
 * @param guid the run
 * @param queued whether it waits for its turn
 * @param again whether the same start was asked for before, with the same key
 */
public record Accepted(String guid, boolean queued, boolean again) {}
