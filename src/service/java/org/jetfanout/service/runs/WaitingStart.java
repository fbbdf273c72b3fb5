package org.jetfanout.service.runs;

import java.time.Instant;
import java.util.Optional;

/**
 * A start that waits for its turn. It has no run record yet. Immutable.
 *
 * @param guid of its run
 * @param accepted when it was asked for
 * @param who asked
 * @param template of which it is
 * @param title what it does in a few words, without its arguments
 */
public record WaitingStart(
        String guid, Instant accepted, String who, Optional<String> template, String title) {}
