package org.jetfanout.runner.described;

import java.util.List;

/**
 * How the results of the hosts are found in a runner's output. Where there are neither rules nor a
 * filter, the runner itself writes plain events. Immutable.
 *
 * @param rules for its lines
 * @param filter the command line of a program on the worker that reads the output and writes plain
 *     events
 */
record Output(List<LineRule> rules, List<Template> filter) {
    /** Copies the lists. */
    Output {
        rules = List.copyOf(rules);
        filter = List.copyOf(filter);
    }

    /** Whether a rule says when the runner has come to its end. */
    boolean hasEnd() {
        return rules.stream().anyMatch(rule -> rule.kind() == LineRule.Kind.END);
    }
}
