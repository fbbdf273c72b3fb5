package org.jetfanout.run.camel;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jetfanout.machine.AsyncResource;

/**
 * Reads the packaged routes of a run while the process reads its command line, playbook and
 * inventory: both take about as long. Thread-safe.
 */
public final class RoutesAhead {
    /** Read for the first run of this process that has no routes of the user's own. */
    private static final AtomicReference<AsyncResource<ReadRoutes>> AHEAD = new AtomicReference<>();

    private RoutesAhead() {}

    /** Begins to read, in a thread of its own. Nobody needs to close what is never used. */
    public static void begin() {
        AHEAD.set(
                new AsyncResource<>(
                        "routes", () -> ReadRoutes.ofRun(Routes.ALL, Optional.empty())));
    }

    /** What was read ahead, where it is these routes; only the first who asks gets it. */
    static Optional<ReadRoutes> take(List<String> names, Optional<Path> folder) {
        return names.equals(Routes.ALL) && folder.isEmpty()
                ? Optional.ofNullable(AHEAD.getAndSet(null)).map(AsyncResource::await)
                : Optional.empty();
    }
}
