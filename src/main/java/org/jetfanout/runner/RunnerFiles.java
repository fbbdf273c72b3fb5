package org.jetfanout.runner;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.bundle.Bundle;
import org.jetfanout.plan.Batch;
import org.jetfanout.site.workers.WorkerSettings;

/**
 * The files that travel to the workers of a run for their runner, and how it is called there. The
 * part for all workers is packed once. The part for one batch is made when it is asked for.
 * Thread-safe.
 */
public interface RunnerFiles {
    /**
     * The folder in a bundle with the pipes that the runner waits at: each the number of a play.
     */
    String BARRIERS = "barriers";

    /**
     * The words of the runner's command line for a batch. It runs in the folder of the unpacked
     * bundle.
     *
     * @param settings of the batch's worker
     */
    List<String> command(Batch batch, WorkerSettings settings);

    /**
     * Variables of the runner's environment, which {@code env} of workers.yml overrides; may hold
     * secrets.
     */
    Map<String, String> environment(Batch batch, WorkerSettings settings);

    /**
     * The login names on hosts that the agent signs for; empty where the guard must allow every
     * name.
     */
    Collection<String> logins(Batch batch, WorkerSettings settings);

    /** Whether the user chose tasks, so that a host may have none and still be ok. */
    boolean tagged();

    /**
     * The user's own path of every file and folder that travels, by its path in the bundle.
     * Messages name this path.
     */
    Map<String, String> sources();

    /**
     * The file that the runner finds as {@link Payload#NAME} in its folder, because it is for the
     * hosts; as a rule there is none.
     */
    default Optional<Payload> payload() {
        return Optional.empty();
    }

    /**
     * The bundle of one batch.
     *
     * @param barriers numbers of the plays before which the runner waits until somebody writes to
     *     the pipe of that number in the folder {@link #BARRIERS}
     * @param extraFiles further files of the caller, by their path in the bundle
     */
    Bundle slice(Batch batch, Set<Integer> barriers, Map<String, byte[]> extraFiles);
}
