package org.jetfanout.runner.ansible;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * YAML that ansible has accepted, read for its places only: tags, double keys and what ansible
 * alone understands are no errors. Pure functions.
 */
final class LenientYaml {
    private static final int LONGEST = 8 << 20;
    private static final LoadSettings SETTINGS =
            LoadSettings.builder()
                    .setAllowDuplicateKeys(true)
                    .setCodePointLimit(LONGEST)
                    .setMaxAliasesForCollections(1000)
                    .build();

    private LenientYaml() {}

    /** The first document of a file; empty where it has none, or cannot be read. */
    static Optional<Node> read(Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
                return Optional.empty();
            }
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            Composer composer =
                    new Composer(
                            SETTINGS, new ParserImpl(SETTINGS, new StreamReader(SETTINGS, text)));
            return composer.hasNext() ? Optional.of(composer.next()) : Optional.empty();
        } catch (IOException | YamlEngineException e) {
            return Optional.empty();
        }
    }

    /** The line of a node in its file, from 1. */
    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    /** The items of a list; none where it is something else. */
    static List<Node> items(Node node) {
        return node instanceof SequenceNode list ? list.getValue() : List.of();
    }

    /** The values of a mapping by key; the nodes of the keys have the lines. */
    static Map<ScalarNode, Node> entries(Node node) {
        Map<ScalarNode, Node> entries = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key) {
                    entries.put(key, tuple.getValueNode());
                }
            }
        }
        return entries;
    }

    /** The value of a key; empty where there is none. */
    static Optional<Node> value(Node node, String name) {
        return entries(node).entrySet().stream()
                .filter(entry -> entry.getKey().getValue().equals(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** The text of a scalar; empty for other nodes. */
    static Optional<String> text(Node node) {
        return node instanceof ScalarNode scalar
                ? Optional.of(scalar.getValue())
                : Optional.empty();
    }
}
