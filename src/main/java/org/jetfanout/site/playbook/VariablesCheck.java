package org.jetfanout.site.playbook;

import java.math.BigInteger;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.site.inventory.InventoryNames;
import org.jetfanout.site.yaml.YamlValue;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Refuses variables that jetp refuses, at any depth: a key that occurs twice, and a whole number of
 * more than 64 bits. Not thread-safe.
 */
final class VariablesCheck {
    private final boolean json;

    // Mutable state: values that are checked. An alias refers to the same value again.
    private final Set<Node> done = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * @param json whether the values become JSON: then a key may occur twice, but no value may have
     *     a tag of its own
     */
    VariablesCheck(boolean json) {
        this.json = json;
    }

    void check(YamlValue value) {
        if (!done.add(value.node())) {
            return;
        }
        if (json && value.node().getTag().getValue().startsWith("!")) {
            throw value.error(
                    "a value of the type "
                            + InventoryNames.visible(value.node().getTag().getValue())
                            + " cannot be a parameter");
        }
        if (value.node() instanceof ScalarNode scalar) {
            if (JetpScalar.isTooLarge(scalar)) {
                throw value.error(
                        "the number "
                                + InventoryNames.visible(scalar.getValue())
                                + " is too large for jetp (64 bits): put it in quotes");
            }
        } else if (value.node() instanceof SequenceNode list) {
            list.getValue().forEach(item -> check(new YamlValue(value.file(), item)));
        } else if (value.node() instanceof MappingNode mapping) {
            mapping(value, mapping);
        }
    }

    private void mapping(YamlValue value, MappingNode mapping) {
        Map<String, Integer> lines = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            YamlValue key = new YamlValue(value.file(), tuple.getKeyNode());
            check(key);
            if (!json && tuple.getKeyNode() instanceof ScalarNode scalar) {
                Integer first = lines.putIfAbsent(identity(scalar), key.line());
                if (first != null) {
                    throw key.error(
                            "key '"
                                    + InventoryNames.visible(scalar.getValue())
                                    + "' occurs twice in the same mapping, see line "
                                    + first);
                }
            }
            check(new YamlValue(value.file(), tuple.getValueNode()));
        }
    }

    /** The identity of a key: equal for keys that are the same to jetp. */
    private static String identity(ScalarNode key) {
        Optional<BigInteger> number = JetpScalar.integer(key);
        String type =
                number.isPresent()
                        ? "number "
                        : JetpScalar.isNull(key)
                                ? "null "
                                : JetpScalar.isText(key)
                                        ? "text "
                                        : key.getTag() + (JetpScalar.isBoolean(key) ? "b " : " ");
        return type
                + (JetpScalar.isNull(key)
                        ? ""
                        : number.map(BigInteger::toString).orElse(key.getValue()));
    }
}
