package org.jetfanout.ssh.agent;

import java.util.Set;
import java.util.function.Consumer;

/**
 * What one worker may do with the user's agent during one exchange.
 *
 * @param guid the run
 * @param worker name of the worker, for the record
 * @param keys that it may see
 * @param logins the names with which it may log in to hosts; empty for any
 * @param budget of its job, for all exchanges
 * @param signatures is told of each request for a signature, before the answer is sent; if it
 *     throws, there is no signature
 * @param trouble is told, in one line, why hosts will not be reached: the agent is down, a budget
 *     is used up. At most once for each reason of a job
 */
public record GuardPolicy(
        String guid,
        String worker,
        ShownKeys keys,
        Set<String> logins,
        GuardBudget budget,
        Consumer<Signature> signatures,
        Consumer<String> trouble) {
    /** Copies the set. */
    public GuardPolicy {
        logins = Set.copyOf(logins);
    }
}
