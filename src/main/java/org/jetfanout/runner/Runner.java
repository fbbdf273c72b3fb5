package org.jetfanout.runner;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jetfanout.bundle.BundleSource;

/**
 * The port for a runner: what travels for it, how it is called on a worker, and what it says. Each
 * runner is a package below this one; nobody outside of that package knows its options, its events
 * or its lines. Immutable, thread-safe.
 */
public interface Runner {
    /**
     * Packs what travels to all workers of a run.
     *
     * @param folder of the run; made, with mode 0700, where it does not exist. The bundles read
     *     from a file in there
     */
    RunnerFiles pack(BundleSource source, Path folder);

    /** The words of its command line on a worker. */
    List<String> command(RunnerCall call);

    /** The variable of its environment that names the file for its events. */
    String eventsVariable();

    /** What it makes of so many threads, where that is seldom meant. */
    Optional<String> warning(int threads);

    /**
     * Its version in one line, of all that it prints when asked for it; empty where it has none.
     */
    String version(String printed);

    /**
     * Reads what it says while it works on one batch.
     *
     * @param hosts the batch's hosts, by inventory name
     * @param tagged the run is limited to tags: a host on which no task ran is ok then
     * @param names gives the files that reasons name their names of the control machine back
     */
    RunnerReader reader(Collection<String> hosts, boolean tagged, UnaryOperator<String> names);

    /**
     * Reads its events one by one, for the store of a log.
     *
     * @param clean makes each text harmless before it is used
     */
    EventReader events(UnaryOperator<String> clean);

    /**
     * Reads the lines of its text one by one, in order, from any line on.
     *
     * @param known the hosts whose blocks of lines are followed
     */
    LineReader lines(Predicate<String> known);
}
