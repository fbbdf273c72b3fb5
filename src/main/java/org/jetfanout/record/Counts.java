package org.jetfanout.record;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import org.jetfanout.runner.HostResult;
import org.jetfanout.text.Counted;

/**
 * The number of hosts by outcome. The six outcomes are disjoint, so {@code hosts} is their sum. A
 * host without a result counts as unfinished.
 *
 * @param hosts all
 * @param ok configured, nothing had to change
 * @param changed configured, something was changed
 * @param failed a task failed
 * @param unreachable the runner could not connect
 * @param unfinished no result
 * @param notStarted not begun, because a rule stopped the run before
 */
public record Counts(
        int hosts,
        int ok,
        int changed,
        int failed,
        int unreachable,
        int unfinished,
        int notStarted) {
    /** No hosts. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

    /**
     * Checks that the numbers add up.
     *
     * @throws IllegalArgumentException where a number is negative or the sum is wrong
     */
    public Counts {
        if (hosts != ok + changed + failed + unreachable + unfinished + notStarted
                || Math.min(Math.min(ok, changed), Math.min(failed, unreachable)) < 0
                || Math.min(unfinished, notStarted) < 0) {
            throw new IllegalArgumentException(
                    ("%d hosts: %d ok, %d changed, %d failed, %d unreachable, %d unfinished,"
                                    + " %d not started")
                            .formatted(
                                    hosts,
                                    ok,
                                    changed,
                                    failed,
                                    unreachable,
                                    unfinished,
                                    notStarted));
        }
    }

    /** Counts of hosts, all of which were begun or still may be. */
    public Counts(int hosts, int ok, int changed, int failed, int unreachable, int unfinished) {
        this(hosts, ok, changed, failed, unreachable, unfinished, 0);
    }

    /** The counts of this many hosts without results. */
    public static Counts waiting(int hosts) {
        return new Counts(hosts, 0, 0, 0, 0, hosts);
    }

    /** Counts the outcomes of these hosts. */
    public static Counts of(Collection<HostResult> results) {
        int ok = 0;
        int changed = 0;
        int failed = 0;
        int unreachable = 0;
        int unfinished = 0;
        int notStarted = 0;
        for (HostResult result : results) {
            switch (result.outcome()) {
                case OK -> ok++;
                case CHANGED -> changed++;
                case FAILED -> failed++;
                case UNREACHABLE -> unreachable++;
                case UNFINISHED -> unfinished++;
                case NOT_STARTED -> notStarted++;
            }
        }
        return new Counts(results.size(), ok, changed, failed, unreachable, unfinished, notStarted);
    }

    /** The sum of both. */
    public Counts plus(Counts other) {
        return new Counts(
                hosts + other.hosts,
                ok + other.ok,
                changed + other.changed,
                failed + other.failed,
                unreachable + other.unreachable,
                unfinished + other.unfinished,
                notStarted + other.notStarted);
    }

    /** How many hosts have a result. A host that nobody began has none. */
    public int done() {
        return hosts - unfinished - notStarted;
    }

    /** How many hosts are failed, unreachable, unfinished or not started. */
    public int trouble() {
        return failed + unreachable + unfinished + notStarted;
    }

    /**
     * The counts in words: {@code 400 hosts: 398 ok, 2 failed}. Outcomes without hosts are left
     * out.
     */
    public String text() {
        StringBuilder text = new StringBuilder(Counted.text(hosts, "host")).append(": ");
        int begin = text.length();
        appendCount(text, begin, ok, "ok");
        appendCount(text, begin, changed, "changed");
        appendCount(text, begin, failed, "failed");
        appendCount(text, begin, unreachable, "unreachable");
        appendCount(text, begin, unfinished, "unfinished");
        appendCount(text, begin, notStarted, "not started");
        return text.toString();
    }

    private static void appendCount(StringBuilder text, int begin, int count, String kind) {
        if (count > 0) {
            text.append(text.length() > begin ? ", " : "").append(count).append(' ').append(kind);
        }
    }

    /** Writes the counts as fields of an object that is begun. */
    public void write(JsonGenerator json) throws IOException {
        json.writeNumberField("hosts", hosts);
        json.writeNumberField("ok", ok);
        json.writeNumberField("changed", changed);
        json.writeNumberField("failed", failed);
        json.writeNumberField("unreachable", unreachable);
        json.writeNumberField("unfinished", unfinished);
        json.writeNumberField("notStarted", notStarted);
    }

    /**
     * Reads the counts from the fields of an object; empty where they are missing or do not add up.
     */
    public static Optional<Counts> read(JsonNode node) {
        try {
            return Optional.of(
                    new Counts(
                            node.path("hosts").asInt(-1),
                            node.path("ok").asInt(),
                            node.path("changed").asInt(),
                            node.path("failed").asInt(),
                            node.path("unreachable").asInt(),
                            node.path("unfinished").asInt(),
                            node.path("notStarted").asInt()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
