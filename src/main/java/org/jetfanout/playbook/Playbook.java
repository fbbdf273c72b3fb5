package org.jetfanout.playbook;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.Nearest;
import org.jetfanout.inventory.Names;
import org.jetfanout.yaml.YamlValue;

/**
 * A playbook file: its plays, and its text as it was when it was read. Of a play's structure only
 * the outline is checked: the tasks are the runner's business. Immutable.
 */
public final class Playbook {
    /** All that jetp takes in a play. */
    private static final List<String> KEYS =
            List.of(
                    "name",
                    "groups",
                    "roles",
                    "defaults",
                    "vars",
                    "vars_files",
                    "sudo",
                    "sudo_template",
                    "ssh_user",
                    "ssh_port",
                    "tasks",
                    "handlers",
                    "batch_size");

    private final Path file;
    private final String text;
    private final List<Play> plays;

    private Playbook(Path file, String text, List<Play> plays) {
        this.file = file;
        this.text = text;
        this.plays = List.copyOf(plays);
    }

    /** Reads a playbook. */
    public static Playbook read(Path file) {
        String text = text(file);
        Optional<YamlValue> document = YamlValue.parse(file, text);
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

    public Path file() {
        return file;
    }

    /** The file's text. */
    public String text() {
        return text;
    }

    public List<Play> plays() {
        return plays;
    }

    /** An error at a play of this playbook. */
    public ConfigurationException error(Play play, String message) {
        return ConfigurationException.at(file, play.line(), message);
    }

    private static String text(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw ConfigurationException.at(
                        file, Files.exists(file) ? "is no file" : "no such playbook");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (NoSuchFileException e) {
            throw ConfigurationException.at(file, "no such playbook");
        } catch (CharacterCodingException e) {
            throw ConfigurationException.at(file, "is not UTF-8 text");
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be read: " + e);
        }
    }

    private static Play play(YamlValue value) {
        Map<String, YamlValue> entries = value.mapping("a play");
        for (Map.Entry<String, YamlValue> entry : entries.entrySet()) {
            if (!KEYS.contains(entry.getKey())) {
                throw entry.getValue()
                        .error(
                                "a play has no '"
                                        + Names.visible(entry.getKey())
                                        + "'"
                                        + Nearest.hint(entry.getKey(), KEYS));
            }
        }
        String name = required(value, entries, "name").text("name of a play");
        YamlValue groups = required(value, entries, "groups");
        List<String> groupNames = texts(groups, "groups of play " + Names.visible(name));
        if (groupNames.isEmpty()) {
            throw groups.error("play '" + Names.visible(name) + "' names no group");
        }
        List<String> roles = new ArrayList<>();
        for (YamlValue role : list(entries, "roles")) {
            Map<String, YamlValue> use = role.mapping("an entry of roles");
            roles.add(required(role, use, "role").text("role"));
        }
        list(entries, "vars_files").forEach(path -> path.text("an entry of vars_files"));
        list(entries, "tasks").forEach(Playbook::task);
        list(entries, "handlers").forEach(Playbook::task);
        return new Play(
                name,
                groupNames,
                value.line(),
                roles,
                text(entries, "ssh_user"),
                text(entries, "ssh_port"));
    }

    /** A task without parameters is a tag alone. */
    private static void task(YamlValue task) {
        if (!task.isScalar() || !task.node().getTag().getValue().startsWith("!")) {
            task.mapping("a task");
        }
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
            throw where.error("'" + key + "' is missing here");
        }
        return value;
    }
}
