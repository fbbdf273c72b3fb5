package org.jetfanout.ssh;

import java.util.List;
import java.util.function.Consumer;

/**
 * What one worker may do with the user's agent during one exchange.
 *
 * @param guid the run
 * @param worker name of the worker, for the record
 * @param agentKeys fingerprints ({@code SHA256:…}) or comments of the keys it may use; empty for
 *     all but those that logged in to workers
 * @param signatures told of each signature asked for, before the answer goes out; if it throws,
 *     there is no signature
 */
public record GuardPolicy(
        String guid, String worker, List<String> agentKeys, Consumer<Signature> signatures) {
    /** Copies the list. */
    public GuardPolicy {
        agentKeys = List.copyOf(agentKeys);
    }
}
