package org.jetfanout.site.playbook;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.InventoryNames;
import org.jetfanout.site.playbook.Vocabulary.Structure;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.NearestName;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Refuses what the runner would refuse when it opens a playbook or a role: unknown keys and
 * modules, missing keys, values of a wrong type. Each runner would refuse it only when it reaches
 * that play, and by then hosts are changed. What jetp accepts is never refused. Thread-safe where
 * the consumer is.
 */
public final class PlaybookCheck {
    private static final String LIST = " must be a list, not ";
    private static final String TEXT = "text";
    private static final String TASKS = "tasks";
    private static final String PROVISIONING = "instantiate";

    private final Vocabulary vocabulary;
    private final Consumer<String> warnings;

    /**
     * @param warnings takes warnings for people
     */
    public PlaybookCheck(Vocabulary vocabulary, Consumer<String> warnings) {
        this.vocabulary = vocabulary;
        this.warnings = warnings;
    }

    /** Checks the plays of a playbook. */
    void plays(YamlValue plays) {
        check(plays, "plays", "a playbook");
    }

    /** Checks and returns the content of a role.yml; empty where the file is empty. */
    public Optional<YamlValue> role(Path file) {
        Optional<YamlValue> role = YamlValue.parse(file, JetpText.read(file, "file of a role"));
        if (role.isEmpty() && !vocabulary.isOpen()) {
            throw ConfigurationException.at(file, "is empty: a role must have 'name'");
        }
        role.ifPresent(value -> check(value, Vocabulary.ROLE, "a role"));
        return role;
    }

    /** Checks a file of variables, which may be empty. */
    public void variables(Path file) {
        YamlValue.parse(file, JetpText.read(file, "file of variables"))
                .ifPresent(value -> check(value, "variables", "a file of variables"));
    }

    void tasks(YamlValue tasks) {
        check(tasks, TASKS, "a file of tasks");
    }

    private void check(YamlValue value, String type, String what) {
        if (!vocabulary.isOpen()) {
            value(value, type, what);
        }
    }

    private void value(YamlValue value, String type, String what) {
        switch (type) {
            case TEXT -> text(value, what);
            case "texts" -> items(value, TEXT, what);
            case "plays" -> items(value, Vocabulary.PLAY, what);
            case "roles" -> items(value, "use-of-a-role", what);
            case TASKS -> items(value, "task", what);
            case "task" -> task(value);
            case "variables" -> data(value, false, what);
            case "json" -> data(value, true, what);
            case "pairs" ->
                    tuples(value, what).forEach(pair -> text(at(value, pair.getValueNode()), what));
            case "items" -> loop(value);
            case "integer" -> integer(value, what);
            case "size" -> {
                if (integer(value, what).signum() <= 0) {
                    throw value.error(what + " must be at least 1");
                }
            }
            case "provisioning" -> throw provisioning(value, what);
            case "boolean" -> {
                if (!(value.node() instanceof ScalarNode scalar && JetpScalar.isBoolean(scalar))) {
                    throw value.error(what + " must be true or false, not " + kind(value));
                }
            }
            default -> Vocabulary.part(type).ifPresent(part -> structure(value, part));
        }
    }

    private void task(YamlValue task) {
        String tag = task.node().getTag().getValue();
        if (!tag.startsWith("!")) {
            throw task.error(
                    "a task must have a module tag such as '!shell' before its mapping; this is "
                            + kind(task));
        }
        String name = tag.substring(1);
        if (vocabulary.isNameOnly(name)) {
            return;
        }
        Structure module =
                vocabulary
                        .module(name)
                        .orElseThrow(
                                () ->
                                        task.error(
                                                "there is no module '"
                                                        + InventoryNames.visible(tag)
                                                        + "'"
                                                        + NearestName.hint(
                                                                name, vocabulary.moduleNames())
                                                        + "; if your runner has it, name it in"
                                                        + " runner_modules of workers.yml"));
        module.only().ifPresent(only -> onlyIn(only, task, "module '" + tag + "'"));
        if (name.equals(PROVISIONING)) {
            throw provisioning(task, "module '" + tag + "'");
        }
        structure(task, module);
    }

    private void structure(YamlValue value, Structure structure) {
        Map<String, YamlValue> keys = new LinkedHashMap<>();
        for (NodeTuple tuple : tuples(value, structure.name())) {
            YamlValue keyValue = at(value, tuple.getKeyNode());
            String name = name(keyValue, structure);
            YamlValue first = keys.putIfAbsent(name, keyValue);
            if (first != null) {
                throw keyValue.error(
                        "key '"
                                + name
                                + "' occurs twice in "
                                + structure.name()
                                + ", see line "
                                + first.line());
            }
            Vocabulary.Key key = structure.keys().get(name);
            key.only()
                    .filter(only -> structure.only().isEmpty())
                    .ifPresent(
                            only ->
                                    onlyIn(
                                            only,
                                            keyValue,
                                            "'" + name + "' of " + structure.name()));
            YamlValue held = at(value, tuple.getValueNode());
            if (key.required() || !isNothing(held)) {
                value(held, key.type(), "'" + name + "' of " + structure.name());
            }
        }
        structure
                .keys()
                .forEach(
                        (name, key) -> {
                            if (key.required() && !keys.containsKey(name)) {
                                throw value.error(structure.name() + " must have '" + name + "'");
                            }
                        });
    }

    /** The name of a key, which the structure must know. */
    private static String name(YamlValue key, Structure structure) {
        if (!(key.node() instanceof ScalarNode scalar)) {
            throw key.error("a key of " + structure.name() + " must be a text, not " + kind(key));
        }
        String name = scalar.getValue();
        if (!structure.keys().containsKey(name)) {
            throw key.error(
                    structure.name()
                            + " has no '"
                            + InventoryNames.visible(name)
                            + "'"
                            + NearestName.hint(name, structure.keys().keySet()));
        }
        return name;
    }

    private void items(YamlValue list, String type, String what) {
        if (isEmpty(list)) {
            return;
        }
        if (!(list.node() instanceof SequenceNode sequence)) {
            throw list.error(what + LIST + kind(list));
        }
        for (Node item : sequence.getValue()) {
            value(at(list, item), type, entry(what));
        }
    }

    private static String entry(String what) {
        return what.equals("a playbook") ? "a play" : "an entry of " + what;
    }

    private static List<NodeTuple> tuples(YamlValue value, String what) {
        if (isEmpty(value)) {
            return List.of();
        }
        if (!(value.node() instanceof MappingNode mapping)) {
            throw value.error(what + " must be a mapping (key: value), not " + kind(value));
        }
        return mapping.getValue();
    }

    private static void data(YamlValue value, boolean json, String what) {
        tuples(value, what);
        new VariablesCheck(json).check(value);
    }

    private static void text(YamlValue value, String what) {
        if (!(value.node() instanceof ScalarNode)) {
            throw value.error(what + " must be a text, not " + kind(value));
        }
    }

    private static BigInteger integer(YamlValue value, String what) {
        return Optional.of(value.node())
                .filter(ScalarNode.class::isInstance)
                .flatMap(node -> JetpScalar.integer((ScalarNode) node))
                .filter(number -> number.bitLength() < Long.SIZE)
                .orElseThrow(
                        () ->
                                value.error(
                                        what
                                                + " must be a whole number without quotes, not "
                                                + kind(value)));
    }

    /** Checks what a task loops over. Here jetp distinguishes texts from numbers. */
    private static void loop(YamlValue value) {
        boolean list = value.node() instanceof SequenceNode;
        List<Node> items = list ? ((SequenceNode) value.node()).getValue() : List.of(value.node());
        for (Node item : items) {
            if (!(item instanceof ScalarNode scalar && JetpScalar.isText(scalar))) {
                throw at(value, item)
                        .error(
                                "'items' of 'with' must be a variable's name or a list of texts,"
                                        + " not "
                                        + kind(at(value, item))
                                        + ": put numbers and similar values in quotes");
            }
        }
    }

    /** Refuses a word of the other dialect. Where the dialect is unknown, it warns. */
    private void onlyIn(Dialect only, YamlValue where, String what) {
        String text = what + " exists only in " + only.title();
        Optional<Dialect> ours = vocabulary.dialect();
        if (ours.isPresent() && ours.get() != only) {
            throw where.error(
                    text
                            + ": the runner of workers.yml is "
                            + ours.get().title()
                            + ", which refuses the playbook (runner: "
                            + only.runner()
                            + " where it is "
                            + only.title()
                            + ")");
        }
        if (ours.isEmpty() && only == Dialect.JETPACK) {
            warnings.accept(
                    where.file()
                            + ":"
                            + where.line()
                            + ": "
                            + text
                            + ": jetp refuses the playbook. If your runner is Jetpack, set"
                            + " 'runner: jetpack' in workers.yml");
        }
    }

    private static ConfigurationException provisioning(YamlValue where, String what) {
        return where.error(
                what
                        + " adds hosts to the inventory while it runs, and a worker has only a part"
                        + " of the inventory. Run this play first, with Jetpack alone");
    }

    private static YamlValue at(YamlValue whole, Node part) {
        return new YamlValue(whole.file(), part);
    }

    /** Whether the value is empty or null. jetp then acts as if the key were missing. */
    private static boolean isNothing(YamlValue value) {
        return value.node() instanceof ScalarNode scalar && JetpScalar.isNull(scalar);
    }

    /** Whether it is an empty list, or a mapping without keys. */
    private static boolean isEmpty(YamlValue value) {
        return value.node() instanceof ScalarNode scalar
                && scalar.getValue().isEmpty()
                && scalar.getScalarStyle() == ScalarStyle.PLAIN;
    }

    private static String kind(YamlValue value) {
        if (value.node() instanceof ScalarNode scalar) {
            return "'" + InventoryNames.visible(scalar.getValue()) + "'";
        }
        return value.node() instanceof MappingNode ? "a mapping" : "a list";
    }
}
