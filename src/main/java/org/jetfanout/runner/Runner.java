package org.jetfanout.runner;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.site.workers.WorkerSettings;

/**
 * The port for a runner: what a user can ask of it, how it is called on workers, and what its
 * output means. Each runner is a package below this one. No other package knows its options, events
 * or lines. Immutable, thread-safe.
 */
public interface Runner {
    /** The environment variable that names the file for the runner's events. */
    String EVENTS_VARIABLE = "JET_LOG";

    /** The runner's name: the one that the record keeps and that workers.yml names. */
    String name();

    /**
     * The request of an earlier run.
     *
     * @param record what {@link WorkRequest#toRecord} gave, among other keys
     * @param directory that relative paths in it start from
     */
    WorkRequest request(JsonNode record, Path directory);

    /**
     * Makes the files for another start of the runner of a batch, after it ended before the last
     * play. They replace files of the bundle, or are added to it.
     *
     * @param slice the part of the bundle that is the batch's own: a gzip'ed tar
     * @return a gzip'ed tar; empty where no play is left
     * @throws IOException where the slice cannot be read
     */
    Optional<byte[]> again(InputStream slice, PlaysLeft left) throws IOException;

    /** A warning where the runner would not use this number of threads as users expect. */
    Optional<String> warning(int threads);

    /**
     * Whether it leaves out a play of which all hosts have failed before, and goes on with the next
     * one. Otherwise such a play is the last.
     */
    default boolean leavesOutPlaysOfLostHosts() {
        return false;
    }

    /** Whether it tries only the first key of an agent, unless a comment chooses another. */
    default boolean triesOneKey() {
        return false;
    }

    /** The words of a command line that prints its version on a worker. */
    List<String> versionCommand(WorkerSettings settings);

    /**
     * Further programs that a worker must have, besides those of {@link #versionCommand}: names to
     * be found in its PATH, or paths.
     */
    default List<String> needs(WorkerSettings settings) {
        return List.of();
    }

    /**
     * Shell lines for {@code check}: they print what else a worker lacks for this runner, a line
     * each. They change nothing. Empty where there is nothing to try.
     */
    default String trial() {
        return "";
    }

    /**
     * Why a worker's runner cannot be used; empty where it can.
     *
     * @param printed all that the runner prints when asked for its version
     */
    default Optional<String> refusal(String printed) {
        return Optional.empty();
    }

    /**
     * The version in one line, taken from everything that the runner prints when asked for it;
     * empty where there is none.
     */
    String version(String printed);

    /**
     * A reader for the runner's output while it works on one batch.
     *
     * @param hosts the batch's hosts, by inventory name
     * @param plays the plays of the batch, in order; none where they are unknown
     * @param tagged whether the run is limited to tags: then a host on which no task ran is ok
     * @param names replaces the bundle's paths in reasons by those of the control machine
     */
    RunnerReader reader(
            Collection<String> hosts,
            List<BatchPlay> plays,
            boolean tagged,
            UnaryOperator<String> names);

    /**
     * A reader for single events, for a log store.
     *
     * @param clean makes each text harmless before it is used
     */
    EventReader events(UnaryOperator<String> clean);

    /**
     * A reader for lines of text. It reads them in order, beginning at any line.
     *
     * @param known the hosts whose blocks of lines it follows
     */
    LineReader lines(Predicate<String> known);
}
