package org.jetfanout;

/**
 * The names of the message headers and exchange properties in the routes. docs/routes.md is their
 * contract.
 */
public final class JetHeaders {
    /** The run. */
    public static final String GUID = "JetGuid";

    /** A host's inventory name. */
    public static final String HOST = "JetHost";

    /** The worker group that a host goes to. */
    public static final String WORKER_GROUP = "JetWorkerGroup";

    /** A worker's inventory name. */
    public static final String WORKER = "JetWorker";

    /** The zone of a worker, where a hand is to connect to it; else missing. */
    public static final String ZONE = "JetZone";

    /** Id of a batch. */
    public static final String BATCH = "JetBatch";

    /** Set where a batch is queued again for another worker. */
    public static final String REASSIGNED = "JetReassigned";

    /**
     * Set where a batch is queued again because its job waits on its worker and other batches want
     * the thread.
     */
    public static final String PUT_BACK = "JetPutBack";

    /** Name of the sink that gets the documents. */
    public static final String SINK = "JetSink";

    /** Number of the wave before which the run stands. */
    public static final String WAVE = "JetWave";

    /** How many hosts of the run have failed so far. */
    public static final String FAILED = "JetFailed";

    /** Exchange property: the waves of the run. */
    public static final String WAVES = "JetWaves";

    /** Exchange property: the job in the dispatch route. */
    public static final String JOB = "JetJob";

    /** Exchange property: the plan whose batches are queued. */
    public static final String PLAN = "JetPlan";

    private JetHeaders() {}
}
