package org.jetfanout.runner.ansible;

/**
 * What of a playbook means something else when several workers run it, or when a worker runs it at
 * all.
 */
enum Meaning {
    RUN_ONCE(true, false, "run_once: the task runs once on each worker, not once in the run"),
    SERIAL(
            true,
            false,
            "serial: each worker counts its own hosts, so more hosts are in work at once. Rolling"
                    + " updates over all workers: --waves"),
    MAX_FAIL(
            true,
            false,
            "max_fail_percentage: each worker counts its own hosts. A limit over all workers:"
                    + " --max-failures"),
    ANY_ERRORS_FATAL(
            true,
            false,
            "any_errors_fatal: an error stops the hosts of its own worker only. A limit over all"
                    + " workers: --max-failures"),
    STRATEGY(true, false, "strategy: it holds within the hosts of each worker"),
    THROTTLE(true, false, "throttle: each worker counts by itself"),
    DELEGATE(
            true,
            true,
            "delegate_to: several workers may do it at the same time, each for its own hosts"),
    LOCAL(
            false,
            false,
            "the task runs on the worker, not on this machine: what it writes or needs is there"),
    FETCH(
            false,
            false,
            "fetch: the files come to the worker, not to this machine, and go with the job unless"
                    + " dest is outside of its folder"),
    OTHERS(
            true,
            true,
            "hostvars: facts and registered variables of hosts of other workers are not there, only"
                    + " what the inventory says"),
    PLAY_HOSTS(
            true, true, "the hosts of the play are those of this worker, not those of all workers"),
    LEADER(
            true,
            true,
            "groups[…][0] is a host of the whole inventory: only its own worker has its facts, and"
                    + " only that worker runs its tasks"),
    ADDED(true, false, "the hosts or groups that it adds are known to its own worker only"),
    LOOKUP(
            false,
            false,
            "the lookup runs on the worker: it sees the programs, files and environment of that"
                    + " machine"),
    CONTROL_FILE(
            false,
            false,
            "the file is outside of the project, so it does not travel: the task looks for it on"
                    + " the worker"),
    PAUSE(false, false, "pause: nobody can answer, so the task does not wait for an answer"),
    REFRESH(
            false,
            false,
            "refresh_inventory: the worker reads the inventory that travelled, not the sources"),
    SSH_ARGS(
            false,
            false,
            "replaces the arguments for ssh that the job gives: the control machine's known_hosts"
                    + " and the job's own connections");

    private final boolean overSeveral;
    private final boolean readsOthers;
    private final String text;

    Meaning(boolean overSeveral, boolean readsOthers, String text) {
        this.overSeveral = overSeveral;
        this.readsOthers = readsOthers;
        this.text = text;
    }

    /** Whether it matters only where there are several batches. */
    boolean overSeveral() {
        return overSeveral;
    }

    /** Whether it may need hosts of other workers in the inventory. */
    boolean readsOthers() {
        return readsOthers;
    }

    /** What users should know, in one line. */
    String text() {
        return text;
    }
}
