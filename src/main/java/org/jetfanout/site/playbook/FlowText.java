package org.jetfanout.site.playbook;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Writes YAML nodes on one line, in flow style. Anchors are lost. Callers must check the resulting
 * data, as with {@link TextEdits}. Pure functions.
 */
final class FlowText {
    private static final String STANDARD = "tag:yaml.org,2002:";

    /** Texts without quotes that mean the same inside of brackets. */
    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_.+/~-]+( [A-Za-z0-9_./-]+)*");

    private FlowText() {}

    /** A list of these nodes. */
    static String of(List<Node> items) {
        return items.stream().map(FlowText::of).collect(Collectors.joining(", ", "[", "]"));
    }

    /** A node, with its tag. */
    static String of(Node node) {
        if (node instanceof ScalarNode scalar) {
            return (tag(scalar) + scalar(scalar)).stripTrailing();
        }
        if (node instanceof SequenceNode list) {
            return tag(list) + of(list.getValue());
        }
        return tag(node)
                + ((MappingNode) node)
                        .getValue().stream()
                                .map(FlowText::entry)
                                .collect(Collectors.joining(", ", "{ ", " }"));
    }

    private static String entry(NodeTuple tuple) {
        return (of(tuple.getKeyNode()) + ": " + of(tuple.getValueNode())).stripTrailing();
    }

    private static String tag(Node node) {
        String tag = node.getTag().getValue();
        return tag.startsWith(STANDARD) ? "" : tag + " ";
    }

    private static String scalar(ScalarNode scalar) {
        String value = scalar.getValue();
        boolean bare =
                scalar.getScalarStyle() == ScalarStyle.PLAIN
                        && (value.isEmpty() || BARE.matcher(value).matches());
        return bare ? value : TextEdits.quoted(value);
    }
}
