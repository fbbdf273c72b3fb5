package org.jetfanout.site.workers;

/** Whether a worker reaches the keys of the user's ssh-agent, past the agent guard. */
public enum AgentMode {
    FORWARD,
    /** The worker has keys of its own. */
    NONE
}
