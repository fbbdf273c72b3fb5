package org.jetfanout.site.workers;

/** Whether a worker can use the keys of the user's ssh-agent, through the agent guard. */
public enum AgentMode {
    FORWARD,
    /** It cannot: the worker has keys of its own. */
    NONE
}
