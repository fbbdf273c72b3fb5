package org.jetfanout.logs;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jetfanout.record.Line;
import org.jetfanout.record.StoredResults;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.LineReader;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Runner;

/**
 * Selects the lines that are about certain hosts, with the block of a failed command. The lines of
 * each batch must come in order. Not thread-safe.
 */
public final class HostLineFilter implements Predicate<Line> {
    /**
     * The most hosts that count as failed by their lines alone. A worker can name as many hosts as
     * it likes.
     */
    private static final int MOST_SEEN = 1 << 20;

    private final Runner runner;
    private final Optional<String> host;
    private final Map<String, Set<String>> troubled;

    // Mutable state
    private final Map<String, LineReader> readers = new HashMap<>();
    private int seen;

    private HostLineFilter(
            Runner runner, Optional<String> host, Map<String, Set<String>> troubled) {
        this.runner = runner;
        this.host = host;
        this.troubled = troubled;
    }

    /** Lines about one host. */
    public static HostLineFilter named(Runner runner, String host) {
        return new HostLineFilter(runner, Optional.of(host), Map.of());
    }

    /**
     * Lines about hosts that failed or were not reached. Where a batch has results, these name the
     * hosts, and all lines about them are selected. Where it has none, a host is selected from the
     * line on that reports its failure.
     */
    public static HostLineFilter inTrouble(Runner runner, StoredResults results) {
        Map<String, Set<String>> troubled = new HashMap<>();
        results.forEachInTrouble(
                (batch, result) -> {
                    if (result.outcome() == Outcome.FAILED
                            || result.outcome() == Outcome.UNREACHABLE) {
                        troubled.computeIfAbsent(batch, id -> new HashSet<>()).add(result.host());
                    }
                });
        return new HostLineFilter(runner, Optional.empty(), troubled);
    }

    @Override
    public boolean test(Line line) {
        LineMeaning meaning =
                readers.computeIfAbsent(line.batch(), batch -> runner.lines(host -> true))
                        .read(line.text());
        return !meaning.host().isEmpty() && isWanted(line.batch(), meaning);
    }

    private boolean isWanted(String batch, LineMeaning about) {
        if (host.isPresent()) {
            return about.host().equals(host.get());
        }
        Set<String> hosts = troubled.computeIfAbsent(batch, id -> new HashSet<>());
        if (about.isFailure() && seen < MOST_SEEN && hosts.add(about.host())) {
            seen++;
        }
        return about.isFailure() || hosts.contains(about.host());
    }
}
