package org.jetfanout.service.runs;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.runner.Outcome;

/**
 * What a rerun does. Immutable.
 *
 * @param outcomes it takes the hosts that had one of these
 * @param extraVars in the place of those that the record has not kept
 * @param key the same key means the same start, for a day; empty for none
 */
public record RerunSelection(Set<Outcome> outcomes, List<String> extraVars, Optional<String> key) {
    /** Copies the collections. */
    public RerunSelection {
        outcomes = Set.copyOf(outcomes);
        extraVars = List.copyOf(extraVars);
    }
}
