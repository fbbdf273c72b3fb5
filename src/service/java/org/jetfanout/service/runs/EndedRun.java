package org.jetfanout.service.runs;

import java.util.Optional;

/**
 * A run that this service started and that has ended. Immutable.
 *
 * @param exitCode as the program would have ended with
 */
public record EndedRun(String guid, Optional<String> template, String who, int exitCode) {}
