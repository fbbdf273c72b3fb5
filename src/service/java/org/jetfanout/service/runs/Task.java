package org.jetfanout.service.runs;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jetfanout.runner.Outcome;

/**
 * What a start does. Immutable.
 *
 * @param kind of it
 * @param words of a new run; may hold secrets
 * @param ofCaller whether the files that the words name must lie below the roots
 * @param earlier GUID of the run whose hosts are done again
 * @param outcomes of those hosts
 */
record Task(
        Kind kind, List<String> words, boolean ofCaller, String earlier, Set<Outcome> outcomes) {
    /** What a start does. */
    enum Kind {
        RUN,
        RERUN,
        RESUME
    }

    Task {
        words = List.copyOf(words);
        outcomes = Set.copyOf(outcomes);
    }

    static Task run(List<String> words, boolean ofCaller) {
        return new Task(Kind.RUN, words, ofCaller, "", Set.of());
    }

    /**
     * @param extraVars the words of a rerun
     */
    static Task rerun(String earlier, Set<Outcome> outcomes, List<String> extraVars) {
        return new Task(Kind.RERUN, extraVars, true, earlier, outcomes);
    }

    static Task resume() {
        return new Task(Kind.RESUME, List.of(), false, "", Set.of());
    }

    /** What it does in a few words, without its arguments. */
    String title() {
        return switch (kind) {
            case RESUME -> "resume";
            case RERUN -> "rerun of " + earlier;
            case RUN -> words.isEmpty() || words.get(0).startsWith("-") ? "run" : words.get(0);
        };
    }

    /** The same text for the same task. */
    String identity() {
        return kind
                + "\n"
                + earlier
                + "\n"
                + outcomes.stream()
                        .map(Outcome::name)
                        .collect(Collectors.toCollection(TreeSet::new))
                + "\n"
                + words.stream().map(word -> word.length() + " " + word).toList();
    }
}
