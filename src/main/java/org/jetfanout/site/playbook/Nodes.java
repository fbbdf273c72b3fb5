package org.jetfanout.site.playbook;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Small edits of a YAML node tree, which keep tags, anchors and everything else as they are. */
final class Nodes {
    private Nodes() {}

    static ScalarNode text(String value) {
        return new ScalarNode(Tag.STR, value, ScalarStyle.DOUBLE_QUOTED);
    }

    static ScalarNode number(String value) {
        return new ScalarNode(Tag.INT, value, ScalarStyle.PLAIN);
    }

    static SequenceNode list(List<Node> items, FlowStyle style) {
        return new SequenceNode(Tag.SEQ, new ArrayList<>(items), style);
    }

    static Optional<Node> get(MappingNode mapping, String key) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (isKey(tuple, key)) {
                return Optional.of(tuple.getValueNode());
            }
        }
        return Optional.empty();
    }

    /** The items of a key's list; none where it has no list. */
    static List<Node> items(MappingNode mapping, String key) {
        return get(mapping, key)
                .filter(SequenceNode.class::isInstance)
                .map(list -> ((SequenceNode) list).getValue())
                .orElse(List.of());
    }

    /** Sets a key's value in this mapping. */
    static void put(MappingNode mapping, String key, Node value) {
        mapping.setValue(with(mapping, key, value));
    }

    /** A copy with a key's value set; the original stays as it is. */
    static MappingNode copyWith(MappingNode mapping, String key, Node value) {
        return new MappingNode(mapping.getTag(), with(mapping, key, value), mapping.getFlowStyle());
    }

    private static List<NodeTuple> with(MappingNode mapping, String key, Node value) {
        List<NodeTuple> tuples = new ArrayList<>();
        boolean there = false;
        for (NodeTuple tuple : mapping.getValue()) {
            boolean match = isKey(tuple, key);
            tuples.add(match ? new NodeTuple(tuple.getKeyNode(), value) : tuple);
            there |= match;
        }
        if (!there) {
            tuples.add(new NodeTuple(new ScalarNode(Tag.STR, key, ScalarStyle.PLAIN), value));
        }
        return tuples;
    }

    private static boolean isKey(NodeTuple tuple, String key) {
        return tuple.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key);
    }
}
