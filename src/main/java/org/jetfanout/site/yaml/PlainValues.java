package org.jetfanout.site.yaml;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jetfanout.text.Quoted;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Turns nodes into Java's own values. Each error is at the line of its value. An alias gives the
 * same object each time that it is used. For one file and one thread.
 */
final class PlainValues {
    /** More digits than any whole number has that jetp can read. */
    private static final int MOST_DIGITS = 20;

    private static final BigInteger LARGEST = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
    private static final BigInteger LEAST = BigInteger.TWO.pow(63).negate();

    private final Path file;
    private final IdentityHashMap<Node, Object> collections = new IdentityHashMap<>();

    PlainValues(Path file) {
        this.file = file;
    }

    Object of(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar(scalar);
        }
        Object known = collections.get(node);
        if (known == null) {
            known = node instanceof MappingNode mapping ? map(mapping) : list((SequenceNode) node);
            collections.put(node, known);
        }
        return known;
    }

    private Map<Object, Object> map(MappingNode node) {
        checkTag(node, Tag.MAP);
        Map<Object, Object> map = new LinkedHashMap<>();
        Map<Object, Node> keys = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Object key = of(tuple.getKeyNode());
            Node first = keys.putIfAbsent(key, tuple.getKeyNode());
            if (first != null) {
                throw new YamlValue(file, tuple.getKeyNode())
                        .error(
                                "key "
                                        + Quoted.of(String.valueOf(key))
                                        + " occurs twice, see line "
                                        + new YamlValue(file, first).line());
            }
            map.put(key, of(tuple.getValueNode()));
        }
        return map;
    }

    private List<Object> list(SequenceNode node) {
        checkTag(node, Tag.SEQ);
        List<Object> list = new ArrayList<>(node.getValue().size());
        for (Node item : node.getValue()) {
            list.add(of(item));
        }
        return list;
    }

    private Object scalar(ScalarNode node) {
        String text = node.getValue();
        Tag tag = node.getTag();
        if (tag.equals(Tag.STR)) {
            return text;
        }
        if (tag.equals(Tag.NULL)) {
            return null;
        }
        if (tag.equals(Tag.BOOL) && (text.equals("true") || text.equals("false"))) {
            return Boolean.valueOf(text);
        }
        try {
            if (tag.equals(Tag.INT)) {
                return integer(node, text);
            }
            if (tag.equals(Tag.FLOAT)) {
                return floating(text);
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw error(node, "the tag " + Quoted.of(tag.getValue()) + " cannot be used here");
    }

    private Object integer(ScalarNode node, String text) {
        if (text.length() > MOST_DIGITS + 1) {
            throw tooLarge(node, text);
        }
        BigInteger value = new BigInteger(text);
        if (value.bitLength() < Integer.SIZE) {
            return value.intValue();
        }
        if (value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        if (value.compareTo(LARGEST) > 0 || value.compareTo(LEAST) < 0) {
            throw tooLarge(node, text);
        }
        return value;
    }

    private RuntimeException tooLarge(ScalarNode node, String text) {
        return error(
                node,
                "jetp reads whole numbers from "
                        + LEAST
                        + " to "
                        + LARGEST
                        + ", not "
                        + Quoted.of(text)
                        + ": put it in quotes");
    }

    private static Double floating(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case ".inf", "+.inf" -> Double.POSITIVE_INFINITY;
            case "-.inf" -> Double.NEGATIVE_INFINITY;
            case ".nan" -> Double.NaN;
            default -> Double.valueOf(text);
        };
    }

    private void checkTag(Node node, Tag usual) {
        if (!node.getTag().equals(usual)) {
            throw error(
                    node,
                    "the tag " + Quoted.of(node.getTag().getValue()) + " cannot be used here");
        }
    }

    private RuntimeException error(Node node, String message) {
        return new YamlValue(file, node).error(message);
    }
}
