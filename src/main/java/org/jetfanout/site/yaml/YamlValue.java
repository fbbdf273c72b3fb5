package org.jetfanout.site.yaml;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * A value of a YAML file (YAML 1.2, as jetp reads it), with its place in the file. Immutable as
 * long as nobody edits the node. Every error is a {@link ConfigurationException} with file and
 * line.
 *
 * @param file the file, as the user named it
 * @param node the value in the node tree; its tag is kept
 */
public record YamlValue(Path file, Node node) {
    private static final int USUAL_BUFFER = 64 << 10;
    private static final int MOST_REFILLS = 16;

    /** Texts that YAML's core schema takes for null and the library does not. */
    private static final Set<String> MORE_NULLS = Set.of("~", "Null", "NULL");

    private static final LoadSettings SETTINGS = settings(USUAL_BUFFER);

    /**
     * An entry of a mapping.
     *
     * @param key has a line of its own, because the value may begin lines below it
     * @param value the entry's value
     */
    public record Entry(YamlValue key, YamlValue value) {
        /** The key's text. */
        public String name() {
            return ((ScalarNode) key.node).getValue();
        }
    }

    /**
     * The one document of a file; empty where the file has none. It fails where the file cannot be
     * read or is invalid YAML.
     */
    public static Optional<YamlValue> read(Path file) {
        return parse(file, SourceText.decode(file, SourceText.bytes(file)));
    }

    /**
     * The one document of a text. The time that this takes grows with the length of the text,
     * whatever the text says.
     *
     * @param file the file that the text came from, or its name in errors
     */
    public static Optional<YamlValue> parse(Path file, String text) {
        LoadSettings settings =
                text.length() <= USUAL_BUFFER * MOST_REFILLS
                        ? SETTINGS
                        : settings(text.length() / MOST_REFILLS);
        Parser events =
                new ParserImpl(
                        settings,
                        new JetpTokens(
                                settings, new StreamReader(settings, new WholeCharacters(text))));
        Parser bounded =
                new BoundedEvents(
                        events, (line, message) -> ConfigurationException.at(file, line, message));
        try {
            return new Composer(settings, bounded)
                    .getSingleNode()
                    .map(node -> new YamlValue(file, node));
        } catch (YamlEngineException e) {
            throw YamlErrors.of(e, file, text);
        }
    }

    /**
     * The settings with a buffer of this many characters. The library copies what is left of the
     * buffer at each refill, so with a fixed size the time would grow with the square of the text's
     * length.
     */
    private static LoadSettings settings(int buffer) {
        return LoadSettings.builder()
                .setAllowDuplicateKeys(false)
                .setCodePointLimit(Integer.MAX_VALUE)
                .setMaxAliasesForCollections(Integer.MAX_VALUE)
                .setBufferSize(buffer)
                .build();
    }

    /** The line of the value in its file, from 1. */
    public int line() {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    /** An error at the line of this value. */
    public ConfigurationException error(String message) {
        return ConfigurationException.at(file, line(), message);
    }

    /**
     * Whether the value is null in one of the ways that jetp knows; these include {@code ~} and
     * NULL.
     */
    public boolean isNull() {
        return hasNullTag()
                || (node instanceof ScalarNode scalar
                        && scalar.getScalarStyle() == ScalarStyle.PLAIN
                        && scalar.getTag().equals(Tag.STR)
                        && MORE_NULLS.contains(scalar.getValue()));
    }

    private boolean hasNullTag() {
        return node.getTag().equals(Tag.NULL);
    }

    /** Whether it is a mapping. */
    public boolean isMapping() {
        return node instanceof MappingNode;
    }

    /** Whether it is a list. */
    public boolean isSequence() {
        return node instanceof SequenceNode;
    }

    /** Whether it is a single value: a text, number, boolean or null. */
    public boolean isScalar() {
        return node instanceof ScalarNode;
    }

    /**
     * The values of a mapping with scalar keys, by key and in the order of the file. A key that
     * occurs twice is an error.
     *
     * @param what the name of this value in an error
     */
    public Map<String, YamlValue> mapping(String what) {
        Map<String, YamlValue> values = new LinkedHashMap<>();
        entries(what).forEach(entry -> values.put(entry.name(), entry.value()));
        return values;
    }

    /**
     * The entries of a mapping, whose keys have lines of their own.
     *
     * @param what the name of this value in an error
     */
    public List<Entry> entries(String what) {
        if (!(node instanceof MappingNode mapping)) {
            throw error(what + " must be a mapping (key: value), not " + kind());
        }
        List<Entry> entries = new ArrayList<>(mapping.getValue().size());
        Map<String, YamlValue> keys = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            YamlValue key = new YamlValue(file, tuple.getKeyNode());
            String name = key.text("a key of " + what);
            YamlValue first = keys.putIfAbsent(name, key);
            if (first != null) {
                throw key.error(
                        "key "
                                + Quoted.of(name)
                                + " occurs twice in "
                                + what
                                + ", see line "
                                + first.line());
            }
            entries.add(new Entry(key, new YamlValue(file, tuple.getValueNode())));
        }
        return entries;
    }

    /**
     * The items of a list.
     *
     * @param what the name of this value in an error
     */
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

    /**
     * A scalar's text as it is written: 10 stays "10", whatever its type.
     *
     * @param what the name of this value in an error
     */
    public String text(String what) {
        if (!(node instanceof ScalarNode scalar) || hasNullTag()) {
            throw error(what + " must be a text, not " + kind());
        }
        return scalar.getValue();
    }

    /**
     * A whole number from least to most.
     *
     * @param what the name of this value in an error
     */
    public int integer(String what, int least, int most) {
        String text = text(what);
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw error(
                what
                        + " must be a whole number from "
                        + least
                        + " to "
                        + most
                        + ", not "
                        + Quoted.of(text));
    }

    /**
     * The value in Java's own types: maps, lists, strings, numbers, booleans, null. It fails where
     * a value has a tag of its own.
     */
    public Object plain() {
        return new PlainValues(file).of(node);
    }

    private String kind() {
        return isNull()
                ? "empty"
                : isMapping()
                        ? "a mapping"
                        : isSequence() ? "a list" : Quoted.of(((ScalarNode) node).getValue());
    }
}
