package org.jetfanout.runner.described;

import java.util.Map;

/**
 * What the exit codes of a runner mean. Immutable.
 *
 * @param meanings of the codes that mean something
 */
record ExitMeanings(Map<Integer, Meaning> meanings) {
    /** In the description these are words in lower case. */
    enum Meaning {
        /** The runner has come to its end, whatever became of single hosts. */
        ENDED,
        /** The runner accepted nothing of what it was given, and touched no host. */
        REFUSED
    }

    /** Copies the map. */
    ExitMeanings {
        meanings = Map.copyOf(meanings);
    }

    /** Whether the code has this meaning. */
    boolean is(int code, Meaning meaning) {
        return meanings.get(code) == meaning;
    }
}
