package org.jetfanout.job.query;

import java.util.List;
import org.jetfanout.site.workers.Worker;

/**
 * What a worker answered about the jobs of a run.
 *
 * @param jobs those that are there, or were before it was told to remove them
 * @param trouble why there is no answer, in one line; empty where there is one, and then {@code
 *     jobs} is all
 */
public record WorkerAnswer(Worker worker, List<JobStatus> jobs, String trouble) {
    public WorkerAnswer {
        jobs = List.copyOf(jobs);
    }

    /** Whether the worker answered. */
    public boolean answered() {
        return trouble.isEmpty();
    }
}
