package org.jetfanout.record;

import java.util.Collection;
import org.jetfanout.runner.HostResult;

/**
 * Hosts by how they came out. The five kinds are disjoint: each host counts once, and {@code hosts}
 * is their sum. A host that has no result yet is unfinished.
 *
 * @param hosts all
 * @param ok configured, nothing had to change
 * @param changed configured, something was changed
 * @param failed a task failed
 * @param unreachable the runner could not connect
 * @param unfinished no result
 */
public record Counts(int hosts, int ok, int changed, int failed, int unreachable, int unfinished) {
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

    public Counts {
        if (hosts != ok + changed + failed + unreachable + unfinished
                || Math.min(Math.min(ok, changed), Math.min(failed, unreachable)) < 0
                || unfinished < 0) {
            throw new IllegalArgumentException(
                    "%d hosts: %d ok, %d changed, %d failed, %d unreachable, %d unfinished"
                            .formatted(hosts, ok, changed, failed, unreachable, unfinished));
        }
    }

    /** Of so many hosts, none of which has a result. */
    public static Counts waiting(int hosts) {
        return new Counts(hosts, 0, 0, 0, 0, hosts);
    }

    public static Counts of(Collection<HostResult> results) {
        int ok = 0;
        int changed = 0;
        int failed = 0;
        int unreachable = 0;
        int unfinished = 0;
        for (HostResult result : results) {
            switch (result.outcome()) {
                case OK -> ok++;
                case CHANGED -> changed++;
                case FAILED -> failed++;
                case UNREACHABLE -> unreachable++;
                case UNFINISHED -> unfinished++;
            }
        }
        return new Counts(results.size(), ok, changed, failed, unreachable, unfinished);
    }

    public Counts plus(Counts other) {
        return new Counts(
                hosts + other.hosts,
                ok + other.ok,
                changed + other.changed,
                failed + other.failed,
                unreachable + other.unreachable,
                unfinished + other.unfinished);
    }

    /** Hosts that have a result, good or bad. */
    public int done() {
        return hosts - unfinished;
    }

    /** Hosts that are not as they should be: failed, unreachable or unfinished. */
    public int trouble() {
        return failed + unreachable + unfinished;
    }
}
