package org.jetfanout.runner;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jetfanout.bundle.Bundle;
import org.jetfanout.plan.Batch;

/**
 * The files that travel to the workers of a run for their runner. The part for all workers is
 * packed once. The part for one batch is made when it is asked for. Thread-safe.
 */
public interface RunnerFiles {
    /**
     * The folder in a bundle with the pipes that the runner waits at: each the number of a play.
     */
    String BARRIERS = "barriers";

    /** Where in a bundle the files are that the command line names. */
    BundlePaths paths();

    /**
     * The user's own path of every file and folder that travels, by its path in the bundle.
     * Messages name this path.
     */
    Map<String, String> sources();

    /** The hosts that the runner of a batch may log in to. */
    Collection<String> reached(Batch batch);

    /**
     * The bundle of one batch.
     *
     * @param barriers numbers of the plays before which the runner waits until somebody writes to
     *     the pipe of that number in the folder {@link #BARRIERS}
     * @param extraFiles further files of the caller, by their path in the bundle
     */
    Bundle slice(Batch batch, Set<Integer> barriers, Map<String, byte[]> extraFiles);
}
