package org.jetfanout.plan;

import java.util.List;
import org.jetfanout.site.workers.Worker;

/**
 * The hosts of one run that one worker configures; of one wave, where the run has waves.
 *
 * @param id unique within the run, safe as a file name: {@code 0001}, {@code 0002}, … in the order
 *     of wave, worker group and worker
 * @param worker who configures them
 * @param hosts inventory names, each once, in inventory order
 * @param wave its number, from 1; 1 in a run without waves
 */
public record Batch(String id, Worker worker, List<String> hosts, int wave) {
    /** Copies the list. */
    public Batch {
        hosts = List.copyOf(hosts);
        // files of an earlier version have none
        wave = Math.max(1, wave);
    }

    /** A batch of the first wave, or of a run without waves. */
    public Batch(String id, Worker worker, List<String> hosts) {
        this(id, worker, hosts, 1);
    }

    /** The same batch for another worker. */
    public Batch to(Worker other) {
        return new Batch(id, other, hosts, wave);
    }
}
