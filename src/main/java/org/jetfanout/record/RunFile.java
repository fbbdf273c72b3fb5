package org.jetfanout.record;

import java.nio.file.Path;

/**
 * The files and folders of a run record. Their names are spelt here and nowhere else. A {@code
 * .ndjson} file only grows; after a line that was written incompletely, the next one begins.
 */
public enum RunFile {
    /** GUID, time of creation, and the secret of the run's {@link Fence}. */
    RUN("run.json"),

    /** Process id of the last owner, locked as long as that process runs. */
    OWNER("owner"),

    /** The term of the last owner; missing for the first one. */
    TERM("term"),

    /** The term of the owner elsewhere that has taken the run over. */
    TAKEN_OVER("taken-over"),

    /**
     * Only of a record that was made here when the run was taken over: the term of the owner who
     * made it. The files of the whole run begin here, and are not those of the owner before.
     */
    INHERITED("inherited"),

    /** Empty; the run has ended, and the broker could not be told that. */
    STILL_ANNOUNCED("still-announced"),

    /** The request. */
    REQUEST("request.json"),

    /** {@link PlanJson}. */
    PLAN("plan.json"),

    /** The workers of each worker group. */
    WORKERS("workers.json"),

    /** {@link RolloutState}; only of a run with such rules. */
    ROLLOUT("rollout.json"),

    /** Every change of a batch's state. */
    STATES("states.ndjson"),

    /** One line for each host. */
    RESULTS("results.ndjson"),

    /**
     * One line for each ended batch, which says where in {@link #RESULTS} its hosts are ({@code
     * resultsFrom}, {@code resultsTo}, in bytes). Where a batch has several lines, the last one
     * counts.
     */
    BATCHES("batches.ndjson"),

    /** Counts of the running batches, about a second old. */
    TALLIES("tallies.json"),

    /** The same by host. */
    OUTCOMES("outcomes.json"),

    /** How far the plays have come, where workers begin each play together. */
    PLAYS("plays.json"),

    /** Every request to the forwarded agent for a signature. */
    SIGNATURES("signatures.ndjson"),

    /** Who has done what: started, cancelled, approved it. See {@link People}. */
    PEOPLE("people.ndjson"),

    /**
     * A folder. {@code BATCH.log} and {@code BATCH.events.ndjson} are the worker's bytes,
     * unchanged; {@code BATCH.times.ndjson} says when they arrived.
     */
    OUTPUT("output"),

    /** The final status, in the shape of {@code status --json}. */
    SUMMARY("summary.json"),

    /** The program's own log of the run, up to its end. */
    LOG("jet-fanout.log"),

    /** Messages of a run in the background. */
    BACKGROUND_LOG("background.log"),

    /** A folder with a {@link SinkFolder} for each sink. */
    SINKS("sinks"),

    /** The program's own log of the shipping after the end of the run. */
    SHIP_LOG("sinks/ship.log"),

    /** What other processes ask the owner to cancel. */
    CANCEL("cancel"),

    /** What other processes ask the owner between two waves. */
    GATE("gate"),

    /** A folder with what is packed for each batch, until the run ends. */
    BUNDLES("bundles"),

    /** A folder with the journal of the embedded queue, until the run ends. */
    QUEUE("queue"),

    /** A journal that could not be opened, until the run ends. */
    UNUSABLE_QUEUE("queue.unusable");

    private final String path;

    RunFile(String path) {
        this.path = path;
    }

    /** Its path below the folder of the run. */
    public String path() {
        return path;
    }

    /** Where it is in the folder of a run. It need not exist. */
    public Path in(Path runFolder) {
        return runFolder.resolve(path);
    }
}
