package org.jetfanout.runner;

import java.util.Collection;
import java.util.Map;
import org.jetfanout.bundle.Bundle;
import org.jetfanout.plan.Batch;

/**
 * What travels to the workers of a run for its runner. What they all get is packed already; what a
 * batch gets for itself is made when it is asked for. Thread-safe.
 */
public interface RunnerFiles {
    /** Where in a bundle is what the command line names. */
    BundlePaths paths();

    /**
     * The user's own path of every file and folder that travels, by its path in the bundle: what is
     * said of a file there is about this one.
     */
    Map<String, String> sources();

    /** The hosts that the runner of a batch may log in to. */
    Collection<String> reached(Batch batch);

    /**
     * The bundle of one batch.
     *
     * @param extraFiles the caller's own, by their path in the bundle
     */
    Bundle slice(Batch batch, Map<String, byte[]> extraFiles);
}
