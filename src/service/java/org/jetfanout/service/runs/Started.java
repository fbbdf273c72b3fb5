package org.jetfanout.service.runs;

/**
 * What came of a start. Immutable.
 *
 * @param guid of the run
 * @param queued whether it waits for its turn
 * @param again whether the same start was asked for before, with the same key
 */
public record Started(String guid, boolean queued, boolean again) {}
