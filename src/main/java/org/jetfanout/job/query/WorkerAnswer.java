package org.jetfanout.job.query;

import java.util.List;
import org.jetfanout.site.workers.Worker;

/**
 * A worker's answer about the jobs of a run.
 *
 * @param worker that was asked
 * @param jobs that are there; after a command that removes them, those that were there
 * @param trouble why there is no answer, in one line; empty where {@code jobs} is complete
 */
public record WorkerAnswer(Worker worker, List<JobStatus> jobs, String trouble) {
    /** Copies the list. */
    public WorkerAnswer {
        jobs = List.copyOf(jobs);
    }

    /** Whether the worker answered. */
    public boolean answered() {
        return trouble.isEmpty();
    }
}
