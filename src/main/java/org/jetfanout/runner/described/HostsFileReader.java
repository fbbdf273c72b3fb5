package org.jetfanout.runner.described;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.site.workers.Section;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.Quoted;

/** Reads and checks the key {@code hosts} of a description. */
final class HostsFileReader {
    private static final Set<String> KEYS = Set.of("file", "format", "header", "line", "entry");

    /** Values of each host, besides those that begin with {@link #VARIABLE}. */
    private static final Set<String> FACTS = Set.of("name", "address", "port", "user");

    static final String VARIABLE = "vars.";
    private static final String USUAL_NAME = "hosts";
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");
    private static final Pattern INI_KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

    private HostsFileReader() {}

    /** What the key says; without it the file has the hosts' names. */
    static HostsFile read(Path description, Optional<YamlValue> value) {
        if (value.isEmpty()) {
            return new HostsFile(
                    description, 1, USUAL_NAME, HostsFormat.NAMES, "", List.of(), Map.of());
        }
        Section keys = new Section("hosts", value.get());
        keys.refuseUnknown(KEYS);
        HostsFormat format = format(keys);
        boolean hasEntry = format == HostsFormat.INI || format == HostsFormat.JSON;
        refuse(keys, "line", !format.isLines(), format);
        refuse(keys, "entry", !hasEntry, format);
        refuse(keys, "header", format == HostsFormat.JSON, format);
        require(value.get(), keys, "line", format.isLines(), format);
        require(value.get(), keys, "entry", hasEntry, format);
        return new HostsFile(
                description,
                value.get().line(),
                keys.value("file").map(HostsFileReader::name).orElse(USUAL_NAME),
                format,
                keys.value("header").map(header -> header.text("header")).orElse(""),
                keys.value("line").map(HostsFileReader::line).orElse(List.of()),
                keys.value("entry")
                        .map(entry -> mapping(entry, format == HostsFormat.JSON))
                        .orElse(Map.of()));
    }

    private static HostsFormat format(Section keys) {
        List<String> words = Stream.of(HostsFormat.values()).map(HostsFormat::word).toList();
        return keys.value("format")
                .map(value -> DefinitionReader.choice("format", value, words))
                .map(word -> HostsFormat.valueOf(word.toUpperCase(Locale.ROOT)))
                .orElse(HostsFormat.NAMES);
    }

    private static void refuse(Section keys, String key, boolean wrong, HostsFormat format) {
        if (wrong && keys.value(key).isPresent()) {
            throw keys.error(
                    key, "hosts: " + key + " has no meaning with 'format: " + format.word() + "'");
        }
    }

    private static void require(
            YamlValue hosts, Section keys, String key, boolean needed, HostsFormat format) {
        if (needed && keys.value(key).isEmpty()) {
            throw hosts.error("hosts: 'format: " + format.word() + "' requires the key " + key);
        }
    }

    private static String name(YamlValue value) {
        String name = value.text("file");
        if (!FILE_NAME.matcher(name).matches()) {
            throw value.error(
                    "hosts: file must be a name of letters, digits, . _ and -, not "
                            + Quoted.of(name));
        }
        return name;
    }

    private static List<Template> line(YamlValue value) {
        List<Template> words = new ArrayList<>();
        for (YamlValue item : value.sequence("line")) {
            words.add(template("line", item));
        }
        if (words.isEmpty()) {
            throw value.error("hosts: line must have at least one word, such as \"{name}\"");
        }
        return words;
    }

    private static Template template(String key, YamlValue item) {
        Template template = Template.of(item.text("a value of " + key));
        for (String name : template.names()) {
            if (!name.startsWith(VARIABLE) || name.equals(VARIABLE)) {
                DefinitionReader.known(item, "hosts: " + key, name, FACTS);
            }
        }
        return template;
    }

    private static Map<String, Object> mapping(YamlValue value, boolean deep) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (YamlValue.Entry entry : value.entries("entry")) {
            if (!deep && !INI_KEY.matcher(entry.name()).matches()) {
                throw entry.key()
                        .error("hosts: " + Quoted.of(entry.name()) + " cannot be a key of INI");
            }
            tree.put(entry.name(), deep ? node(entry.value()) : template("entry", entry.value()));
        }
        return tree;
    }

    /** A tree of maps, lists, templates, and what is no text. */
    private static Object node(YamlValue value) {
        if (value.isMapping()) {
            return mapping(value, true);
        }
        if (value.isSequence()) {
            return value.sequence("entry").stream().map(HostsFileReader::node).toList();
        }
        Object plain = value.plain();
        if (plain == null) {
            throw value.error("hosts: a value of entry is empty");
        }
        return plain instanceof String ? template("entry", value) : plain;
    }
}
