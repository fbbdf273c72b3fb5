package org.jetfanout;

/**
 * Names of the message headers and exchange properties that the routes use: the contract of
 * docs/routes.md.
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

    /** Id of a batch. */
    public static final String BATCH = "JetBatch";

    /** Set where a batch goes back to the queue for another worker. */
    public static final String REASSIGNED = "JetReassigned";

    /**
     * Set where a batch goes back to the queue since its job waits on its worker, and others want
     * the thread.
     */
    public static final String PUT_BACK = "JetPutBack";

    /** Name of the sink that records go to. */
    public static final String SINK = "JetSink";

    /** Exchange property: the job that the dispatch route works on. */
    public static final String JOB = "JetJob";

    /** Exchange property: the plan whose batches are queued. */
    public static final String PLAN = "JetPlan";

    private JetHeaders() {}
}
