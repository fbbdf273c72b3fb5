package org.jetfanout.site.playbook;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.InventoryNames;
import org.jetfanout.site.yaml.YamlValue;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A playbook file: its plays, and its text as it was when it was read. Immutable. */
public final class Playbook {
    private final Path file;
    private final String text;
    private final List<Play> plays;

    private Playbook(Path file, String text, List<Play> plays) {
        this.file = file;
        this.text = text;
        this.plays = List.copyOf(plays);
    }

    /** Reads a playbook and accepts what any runner might know. */
    public static Playbook read(Path file) {
        return read(file, new PlaybookCheck(Vocabulary.known(), warning -> {}));
    }

    /**
     * Reads a playbook.
     *
     * @param check refuses what the runners would refuse
     */
    public static Playbook read(Path file, PlaybookCheck check) {
        return of(file, JetpText.read(file, "playbook"), Optional.of(check));
    }

    /**
     * A playbook from a text that was checked before.
     *
     * @param file for errors
     */
    public static Playbook of(Path file, String text) {
        return of(file, text, Optional.empty());
    }

    private static Playbook of(Path file, String text, Optional<PlaybookCheck> check) {
        Optional<YamlValue> document = YamlValue.parse(file, text);
        if (check.isPresent()) {
            document.filter(YamlValue::isSequence).ifPresent(check.get()::plays);
        }
        if (document.isEmpty() || document.get().isNull()) {
            throw ConfigurationException.at(file, "is empty: a playbook is a list of plays");
        }
        List<Play> plays = new ArrayList<>();
        for (YamlValue play : document.get().sequence("a playbook")) {
            plays.add(play(play));
        }
        if (plays.isEmpty()) {
            throw ConfigurationException.at(file, "has no plays");
        }
        return new Playbook(file, text, plays);
    }

    /** The file, as the user named it. */
    public Path file() {
        return file;
    }

    /** The file's text. */
    public String text() {
        return text;
    }

    /** The plays, in order. */
    public List<Play> plays() {
        return plays;
    }

    /** An error at a play of this playbook. */
    public ConfigurationException error(Play play, String message) {
        return ConfigurationException.at(file, play.line(), message);
    }

    private static Play play(YamlValue value) {
        Map<String, YamlValue> entries = value.mapping("a play");
        String name = scalar(required(value, entries, "name"));
        YamlValue groups = required(value, entries, "groups");
        List<String> groupNames = texts(groups, "groups of play " + InventoryNames.visible(name));
        if (groupNames.isEmpty()) {
            throw groups.error("play '" + InventoryNames.visible(name) + "' names no group");
        }
        List<String> roles = new ArrayList<>();
        for (YamlValue role : list(entries, "roles")) {
            Map<String, YamlValue> use = role.mapping("an entry of roles");
            roles.add(required(role, use, "role").text("role"));
        }
        list(entries, "vars_files").forEach(path -> path.text("an entry of vars_files"));
        return new Play(
                name,
                groupNames,
                value.line(),
                roles,
                text(entries, "ssh_user"),
                text(entries, "ssh_port"));
    }

    /** The text of any scalar: jetp takes each for a text, null as well. */
    private static String scalar(YamlValue value) {
        return value.node() instanceof ScalarNode scalar ? scalar.getValue() : value.text("name");
    }

    private static List<YamlValue> list(Map<String, YamlValue> entries, String key) {
        YamlValue value = entries.get(key);
        return value == null || value.isNull() ? List.of() : value.sequence(key);
    }

    private static List<String> texts(YamlValue list, String what) {
        List<String> texts = new ArrayList<>();
        for (YamlValue item : list.sequence(what)) {
            texts.add(item.text("an entry of " + what));
        }
        return texts;
    }

    private static Optional<String> text(Map<String, YamlValue> entries, String key) {
        return Optional.ofNullable(entries.get(key))
                .filter(value -> !value.isNull())
                .map(value -> value.text(key));
    }

    private static YamlValue required(YamlValue where, Map<String, YamlValue> entries, String key) {
        YamlValue value = entries.get(key);
        if (value == null) {
            throw where.error("'" + key + "' is missing");
        }
        return value;
    }
}
