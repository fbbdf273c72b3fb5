package org.jetfanout.job;

import java.util.List;

/**
 * What is known of a job on its worker: whether it was started, whether it waits or runs, and
 * whether it has an agent. Not thread-safe.
 */
final class JobProgress {
    private static final String ALONE =
            "the worker has neither perl nor python3: if the connection breaks, hosts that the"
                    + " runner tries during the outage count as unfinished";

    // Mutable state
    /** False only if the job certainly was not started. */
    private boolean mayHaveStarted;

    /** Whether the worker has said that the job was started. */
    private boolean started;

    /** Whether the last command starts the job, and the worker may have received it. */
    private boolean startSent;

    private boolean waiting;

    /** Whether the worker has said that the runner was called. After that the job does not wait. */
    private boolean ran;

    private String warning = "";
    private List<AgentOutage> absences = List.of();

    /**
     * @param mayHaveStarted whether an earlier command may have started the job
     * @param started whether some of its logs are stored
     */
    JobProgress(boolean mayHaveStarted, boolean started) {
        this.mayHaveStarted = mayHaveStarted || started;
        this.started = started;
    }

    boolean mayHaveStarted() {
        return mayHaveStarted;
    }

    boolean hasStarted() {
        return started;
    }

    /** Whether the job waits, according to the worker. */
    boolean isWaiting() {
        return waiting;
    }

    /** Whether the worker has said that the runner was called. */
    boolean hasRun() {
        return ran;
    }

    /** A warning for people about a job without errors; empty if there is none. */
    String warning() {
        return warning;
    }

    /**
     * The times in which the runner had no agent and did not wait for it, according to the worker.
     */
    List<AgentOutage> absences() {
        return absences;
    }

    /**
     * A command is sent.
     *
     * @param starts whether it starts the job
     */
    void commandSent(boolean starts) {
        startSent = starts;
    }

    /** The worker did not receive the last command, or did not start the job. */
    void commandHadNoEffect() {
        startSent = false;
    }

    /** It is unknown what the worker did with the last command. */
    void commandMayHaveWorked() {
        mayHaveStarted |= startSent;
    }

    /** The job waits for its turn. */
    void waits() {
        startedThere();
        waiting = true;
    }

    /** The job runs or has ended. Its logs come. */
    void runs(ScriptLine word) {
        startedThere();
        ran = true;
        waiting = false;
        AgentOutage.attached(word.rest()).ifPresent(known -> absences = known);
        if (word.kind() == ScriptLine.Kind.STARTED_ALONE) {
            warning = ALONE;
        }
    }

    private void startedThere() {
        mayHaveStarted = true;
        started = true;
    }

    /** Another machine has the job. */
    void isElsewhere() {
        mayHaveStarted = true;
    }

    /** The worker has no such job, and never said that it was started. */
    void isNotThere() {
        mayHaveStarted = false;
    }
}
