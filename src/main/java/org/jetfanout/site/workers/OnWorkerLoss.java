package org.jetfanout.site.workers;

/** What happens with a batch that may have started on a worker that was lost. */
public enum OnWorkerLoss {
    /** It is reported as lost, because a playbook need not be idempotent. */
    REPORT,
    /** It goes to another worker of the group. */
    REASSIGN
}
