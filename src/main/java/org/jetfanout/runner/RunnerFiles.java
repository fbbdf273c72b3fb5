package org.jetfanout.runner;

import java.util.Collection;
import java.util.Map;
import org.jetfanout.bundle.Bundle;
import org.jetfanout.plan.Batch;

/**
 * The files that travel to the workers of a run for their runner. The part for all workers is
 * packed once. The part for one batch is made when it is asked for. Thread-safe.
 */
public interface RunnerFiles {
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
     * @param extraFiles further files of the caller, by their path in the bundle
     */
    Bundle slice(Batch batch, Map<String, byte[]> extraFiles);
}
