package org.jetfanout.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.record.Line;

/**
 * Which lines of a run were shown, so that another reader can go on where this one ends: with the
 * record of the run's next owner, for instance. It has the same lines of each batch, in the same
 * order, at the same bytes. Not thread-safe.
 */
public final class ShownLines {
    private static final int FACTOR = 31;

    private final Map<String, Shown> before;

    // Mutable state
    private final Map<String, Shown> seen = new HashMap<>();
    private final Set<String> changed = new HashSet<>();
    private final Set<String> different = new TreeSet<>();

    /**
     * The lines of a batch up to an offset.
     *
     * @param end offset of the byte after them
     * @param hash of their text
     */
    private record Shown(long end, long hash) {
        private static final Shown NONE = new Shown(0, 0);

        Shown and(Line line) {
            return new Shown(line.end(), FACTOR * hash + line.text().hashCode());
        }
    }

    private ShownLines(Map<String, Shown> before) {
        this.before = before;
    }

    /** None yet. */
    public static ShownLines none() {
        return new ShownLines(Map.of());
    }

    /**
     * Those that another reader has shown.
     *
     * @param changes of that reader, merged
     * @throws IllegalArgumentException where it is something else
     */
    public static ShownLines before(JsonNode changes) {
        Map<String, Shown> before = new HashMap<>();
        changes.properties()
                .forEach(
                        batch -> {
                            JsonNode end = batch.getValue().path(0);
                            JsonNode hash = batch.getValue().path(1);
                            if (!end.canConvertToLong() || !hash.canConvertToLong()) {
                                throw new IllegalArgumentException("no position in a batch");
                            }
                            before.put(
                                    batch.getKey(), new Shown(end.longValue(), hash.longValue()));
                        });
        return new ShownLines(before);
    }

    /**
     * Adds a line. All lines of a batch must come, from the first one on.
     *
     * @return whether it was not shown before
     */
    public boolean add(Line line) {
        String batch = line.batch();
        Shown now = seen.getOrDefault(batch, Shown.NONE).and(line);
        seen.put(batch, now);
        Shown known = before.getOrDefault(batch, Shown.NONE);
        if (now.end() > known.end()) {
            if (line.offset() < known.end()) {
                different.add(batch);
            }
            changed.add(batch);
            return true;
        }
        if (now.end() == known.end() && now.hash() != known.hash()) {
            different.add(batch);
        }
        return false;
    }

    /** The batches of which there are new ones since this was asked last, and up to where. */
    public ObjectNode changes() {
        ObjectNode changes = JsonNodeFactory.instance.objectNode();
        for (String batch : changed) {
            Shown shown = seen.get(batch);
            changes.putArray(batch).add(shown.end()).add(shown.hash());
        }
        changed.clear();
        return changes;
    }

    /** Batches that the other reader saw otherwise: lines may be missing, or come twice. */
    public Set<String> different() {
        return Set.copyOf(different);
    }
}
