package org.jetfanout.plan;

import java.util.List;
import org.jetfanout.site.workers.Worker;

/**
 * The hosts of one run that one worker configures.
 *
 * @param id unique within the run, safe as a file name: {@code 0001}, {@code 0002}, … in the order
 *     of worker group and worker
 * @param worker who configures them
 * @param hosts inventory names, each once, in inventory order
 */
public record Batch(String id, Worker worker, List<String> hosts) {
    /** Copies the list. */
    public Batch {
        hosts = List.copyOf(hosts);
    }
}
