package org.jetfanout.record;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jetfanout.log.Line;
import org.jetfanout.runner.HostLine;
import org.jetfanout.runner.Outcome;

/**
 * Picks the lines that are about certain hosts, with the block that belongs to a failed command.
 * The lines of each batch must come in order. Not thread-safe.
 */
public final class AboutHosts implements Predicate<Line> {
    /** Of hosts that only lines say are failed: a worker can name as many as it likes. */
    private static final int MOST_SEEN = 1 << 20;

    private final Optional<String> host;
    private final Map<String, Set<String>> troubled;

    // Mutable state
    private final Map<String, Block> blocks = new HashMap<>();
    private int seen;

    /** What may follow a failure in a batch, or has begun to. */
    private record Block(boolean wanted, boolean begun) {}

    private AboutHosts(Optional<String> host, Map<String, Set<String>> troubled) {
        this.host = host;
        this.troubled = troubled;
    }

    /** Lines about one host. */
    public static AboutHosts named(String host) {
        return new AboutHosts(Optional.of(host), Map.of());
    }

    /**
     * Lines about hosts that failed or were not reached: all of them where the results say so; of
     * batches without results those from the line on that says so.
     */
    public static AboutHosts inTrouble(StoredResults results) {
        Map<String, Set<String>> troubled = new HashMap<>();
        results.trouble(
                (batch, result) -> {
                    if (result.outcome() != Outcome.UNFINISHED) {
                        troubled.computeIfAbsent(batch, id -> new HashSet<>()).add(result.host());
                    }
                });
        return new AboutHosts(Optional.empty(), troubled);
    }

    @Override
    public boolean test(Line line) {
        Block block = blocks.remove(line.batch());
        if (block != null && (block.begun() || HostLine.beginsBlock(line.text()))) {
            return inBlock(line, block.wanted());
        }
        if (!mayMatter(line.text())) {
            return false;
        }
        Optional<HostLine> about = HostLine.of(line.text());
        if (about.isEmpty()) {
            return false;
        }
        boolean wanted = isWanted(line.batch(), about.get());
        if (about.get().block()) {
            blocks.put(line.batch(), new Block(wanted, false));
        }
        return wanted;
    }

    private boolean inBlock(Line line, boolean wanted) {
        if (HostLine.isRule(line.text())) {
            return false;
        }
        if (!HostLine.endsBlock(line.text())) {
            blocks.put(line.batch(), new Block(wanted, true));
        }
        return wanted;
    }

    /** A quick look, since there may be millions of lines; blocks of others matter too. */
    private boolean mayMatter(String text) {
        return host.isEmpty() || text.contains(host.get()) || text.endsWith(" => failed");
    }

    private boolean isWanted(String batch, HostLine about) {
        if (host.isPresent()) {
            return about.host().equals(host.get());
        }
        Set<String> hosts = troubled.computeIfAbsent(batch, id -> new HashSet<>());
        if (about.failure() && seen < MOST_SEEN && hosts.add(about.host())) {
            seen++;
        }
        return about.failure() || hosts.contains(about.host());
    }
}
