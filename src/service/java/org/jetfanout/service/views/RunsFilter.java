package org.jetfanout.service.views;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which runs a list shows.
 *
 * @param states any of these; empty for all
 * @param results {@code ok} or {@code trouble}, of runs that have ended; empty for all
 * @param template exact name; empty for all
 * @param who part of the name of who started it; empty for all
 * @param text part of the GUID, title or runner; empty for all
 * @param since created then or later
 * @param until created before
 * @param templates only runs of these templates; empty for all runs
 * @param limit at most this many, from 1
 * @param after what the page before names as the next one; empty for the first page
 */
public record RunsFilter(
        Set<RunPhase> states,
        Set<String> results,
        String template,
        String who,
        String text,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<Set<String>> templates,
        int limit,
        String after) {
    /** The most runs of a page. */
    public static final int MOST = 500;

    /** The results that can be asked for. */
    public static final Set<String> RESULTS = Set.of("ok", "trouble");

    /** All runs, in pages of this size. */
    public static RunsFilter all(int limit) {
        return new RunsFilter(
                Set.of(),
                Set.of(),
                "",
                "",
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                limit,
                "");
    }

    boolean lets(RunHead run) {
        return (states.isEmpty() || states.contains(run.state()))
                && (results.isEmpty()
                        || (results.contains("ok") && run.isOk())
                        || (results.contains("trouble") && run.isTrouble()))
                && (template.isEmpty() || template.equals(run.template()))
                && has(run.startedBy(), who)
                && (has(run.guid(), text) || has(run.title(), text) || has(run.runner(), text))
                && since.map(from -> !run.created().isBefore(from)).orElse(true)
                && until.map(to -> run.created().isBefore(to)).orElse(true)
                && templates.map(some -> some.contains(run.template())).orElse(true);
    }

    private static boolean has(String text, String part) {
        return part.isEmpty()
                || text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }
}
