package org.jetfanout.runner;

import java.util.Optional;

/** Reads the lines of a runner's event log. Thread-safe. */
public interface EventReader {
    /** The event of a line; empty where the line is no event. */
    Optional<LoggedEvent> read(String line);
}
