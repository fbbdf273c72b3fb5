package org.jetfanout.site.playbook;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Compares two YAML node trees as data, however they are written. It compares each pair of nodes
 * once, so that aliases of aliases cost no time. Used once.
 */
final class SameData {
    private final boolean ordered;

    // Mutable state
    private final IdentityHashMap<Node, Set<Node>> same = new IdentityHashMap<>();

    private SameData(boolean ordered) {
        this.ordered = ordered;
    }

    /** Compares with the order of keys. */
    static boolean of(Node one, Node other) {
        return new SameData(true).same(one, other);
    }

    /** Compares without the order of keys. */
    static boolean unordered(Node one, Node other) {
        return new SameData(false).same(one, other);
    }

    private boolean same(Node one, Node other) {
        if (!same.computeIfAbsent(one, node -> Collections.newSetFromMap(new IdentityHashMap<>()))
                .add(other)) {
            return true; // seen, or being looked at
        }
        if (!tag(one).equals(tag(other))) {
            return false;
        }
        if (one instanceof ScalarNode scalar) {
            return other instanceof ScalarNode second && same(scalar, second);
        }
        if (one instanceof SequenceNode list) {
            return other instanceof SequenceNode second && all(list.getValue(), second.getValue());
        }
        return one instanceof MappingNode mapping
                && other instanceof MappingNode second
                && all(flat(mapping), flat(second));
    }

    private boolean all(List<Node> ones, List<Node> others) {
        if (ones.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < ones.size(); i++) {
            if (!same(ones.get(i), others.get(i))) {
                return false;
            }
        }
        return true;
    }

    private List<Node> flat(MappingNode mapping) {
        List<NodeTuple> tuples = new ArrayList<>(mapping.getValue());
        if (!ordered) {
            tuples.sort(Comparator.comparing(SameData::key));
        }
        return tuples.stream()
                .flatMap((NodeTuple t) -> Stream.of(t.getKeyNode(), t.getValueNode()))
                .toList();
    }

    /** A key to sort entries by. Entries with complex keys keep their order. */
    private static String key(NodeTuple tuple) {
        return tuple.getKeyNode() instanceof ScalarNode scalar
                ? scalar.getTag() + " " + scalar.getValue()
                : "";
    }

    private static boolean same(ScalarNode one, ScalarNode other) {
        // a tagged text without quotes is data of another kind than one with quotes: !own 5 and
        // !own '5'
        boolean typed = tag(one).startsWith("!");
        return one.getTag().equals(Tag.NULL)
                || (one.getValue().equals(other.getValue())
                        && (!typed || isPlain(one) == isPlain(other)));
    }

    private static boolean isPlain(ScalarNode scalar) {
        return scalar.getScalarStyle() == ScalarStyle.PLAIN;
    }

    private static String tag(Node node) {
        return node.getTag().getValue();
    }
}
