package org.jetfanout.yaml;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value of a YAML file (YAML 1.2, as jetp reads it) that knows where it stands. Immutable as long
 * as nobody edits the node; every error is a {@link ConfigurationException} with file and line.
 *
 * @param file the file, as the user named it
 * @param node the value in the node tree; its tag is kept
 */
public record YamlValue(Path file, Node node) {
    private static final LoadSettings SETTINGS =
            LoadSettings.builder()
                    .setAllowDuplicateKeys(false)
                    .setCodePointLimit(Integer.MAX_VALUE)
                    .build();

    /**
     * The file's one document; empty where the file holds none. Fails where it cannot be read or is
     * no YAML.
     */
    public static Optional<YamlValue> read(Path file) {
        try {
            return parse(file, Files.readString(file));
        } catch (NoSuchFileException e) {
            throw ConfigurationException.at(file, "no such file");
        } catch (CharacterCodingException e) {
            throw ConfigurationException.at(file, "is not UTF-8 text");
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be read: " + e);
        }
    }

    /** The one document of a text that came from the file (or is called so in errors). */
    public static Optional<YamlValue> parse(Path file, String text) {
        try {
            return new Compose(SETTINGS).composeString(text).map(node -> new YamlValue(file, node));
        } catch (MarkedYamlEngineException e) {
            int line =
                    e.getProblemMark()
                            .or(e::getContextMark)
                            .map(mark -> mark.getLine() + 1)
                            .orElse(1);
            throw ConfigurationException.at(file, line, "broken YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw ConfigurationException.at(
                    file, "broken YAML: " + e.getMessage().lines().findFirst().orElse(""));
        }
    }

    /** Line of the value in its file, from 1. */
    public int line() {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    public ConfigurationException error(String message) {
        return ConfigurationException.at(file, line(), message);
    }

    public boolean isNull() {
        return node.getTag().equals(Tag.NULL);
    }

    public boolean isMapping() {
        return node instanceof MappingNode;
    }

    public boolean isSequence() {
        return node instanceof SequenceNode;
    }

    public boolean isScalar() {
        return node instanceof ScalarNode;
    }

    /**
     * The entries of a mapping with scalar keys, in the file's order; a key that stands twice is an
     * error. What is the value's name in an error.
     */
    public Map<String, YamlValue> mapping(String what) {
        if (!(node instanceof MappingNode mapping)) {
            throw error(what + " must be a mapping (key: value), not " + kind());
        }
        Map<String, YamlValue> entries = new LinkedHashMap<>();
        Map<String, YamlValue> keys = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            YamlValue key = new YamlValue(file, tuple.getKeyNode());
            String name = key.text("a key of " + what);
            YamlValue first = keys.putIfAbsent(name, key);
            if (first != null) {
                throw key.error(
                        "key '"
                                + name
                                + "' stands twice in "
                                + what
                                + ", see line "
                                + first.line());
            }
            entries.put(name, new YamlValue(file, tuple.getValueNode()));
        }
        return entries;
    }

    /** The items of a list. */
    public List<YamlValue> sequence(String what) {
        if (!(node instanceof SequenceNode sequence)) {
            throw error(what + " must be a list, not " + kind());
        }
        List<YamlValue> items = new ArrayList<>(sequence.getValue().size());
        for (Node item : sequence.getValue()) {
            items.add(new YamlValue(file, item));
        }
        return items;
    }

    /** A scalar's text as written (10 stays "10", whatever its type). */
    public String text(String what) {
        if (!(node instanceof ScalarNode scalar) || isNull()) {
            throw error(what + " must be a text, not " + kind());
        }
        return scalar.getValue();
    }

    /** A whole number from least to most. */
    public int integer(String what, int least, int most) {
        String text = text(what);
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw error(
                what
                        + " must be a whole number from "
                        + least
                        + " to "
                        + most
                        + ", not '"
                        + text
                        + "'");
    }

    /**
     * The value in Java's own types: maps, lists, strings, numbers, booleans, null. Own tags are
     * not allowed.
     */
    public Object plain() {
        try {
            return new StandardConstructor(SETTINGS).constructSingleDocument(Optional.of(node));
        } catch (YamlEngineException e) {
            throw error("cannot be read: " + e.getMessage().lines().findFirst().orElse(""));
        }
    }

    private String kind() {
        return isNull()
                ? "empty"
                : isMapping()
                        ? "a mapping"
                        : isSequence() ? "a list" : "'" + ((ScalarNode) node).getValue() + "'";
    }
}
