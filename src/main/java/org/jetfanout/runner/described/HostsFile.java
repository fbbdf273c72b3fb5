package org.jetfanout.runner.described;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;

/**
 * How a runner wants to be told the hosts of its batch: a file, made of a template for each host. A
 * value that the file could not say as it is stops the run before anything is sent. Immutable.
 *
 * @param description the file of the description, for errors
 * @param line of the description, for errors
 * @param name of the file in the bundle
 * @param header the first lines of the file; may be empty
 * @param words of each host's line
 * @param entry of each host: a tree of maps, lists and {@link Template}s
 */
record HostsFile(
        Path description,
        int line,
        String name,
        HostsFormat format,
        String header,
        List<Template> words,
        Map<String, Object> entry) {
    /** Copies the collections. */
    HostsFile {
        words = List.copyOf(words);
        entry = new LinkedHashMap<>(entry);
    }

    /** The content of the file for these hosts. */
    byte[] content(List<String> hosts, HostFacts facts) {
        StringBuilder text = new StringBuilder();
        if (!header.isEmpty()) {
            text.append(header.strip()).append('\n');
        }
        if (format == HostsFormat.JSON) {
            String before = "{\n";
            for (String host : hosts) {
                Object values = tree(host, entry, facts).orElse(Map.of());
                text.append(before)
                        .append(JsonText.of(host))
                        .append(": ")
                        .append(JsonText.of(values));
                before = ",\n";
            }
            text.append(hosts.isEmpty() ? "{}\n" : "\n}\n");
        } else {
            hosts.forEach(host -> lines(text, host, facts));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void lines(StringBuilder text, String host, HostFacts facts) {
        if (format.isLines()) {
            List<String> values =
                    words.stream()
                            .map(word -> checked(host, word, text(host, word, facts)))
                            .toList();
            text.append(format.line(values)).append('\n');
        } else if (format == HostsFormat.INI) {
            text.append('[').append(host).append("]\n");
            entry.forEach(
                    (key, template) ->
                            leaf(host, (Template) template, facts)
                                    .map(value -> checked(host, key, value.toString()))
                                    .ifPresent(value -> text.append(key + " = " + value + "\n")));
        } else {
            text.append(host).append('\n');
        }
    }

    private String text(String host, Template template, HostFacts facts) {
        return leaf(host, template, facts).map(Object::toString).orElse("");
    }

    /** The value of one template; empty where it is left out for this host. */
    private Optional<Object> leaf(String host, Template template, HostFacts facts) {
        try {
            return template.value(name -> facts.value(host, name));
        } catch (Template.MissingValueException e) {
            throw error(
                    "host "
                            + Quoted.of(host)
                            + " has no value for {"
                            + e.placeholder()
                            + "}: set the variable, or write {"
                            + e.placeholder()
                            + "?} or {"
                            + e.placeholder()
                            + "|text}");
        }
    }

    /** A value that the format can write. The error does not show it: it may be a secret. */
    private String checked(String host, Object what, String value) {
        format.problem(value)
                .ifPresent(
                        problem -> {
                            throw error(
                                    "the value of "
                                            + Quoted.of(what.toString())
                                            + " for host "
                                            + Quoted.of(host)
                                            + " "
                                            + problem);
                        });
        return value;
    }

    private ConfigurationException error(String message) {
        return ConfigurationException.at(description, line, "hosts: " + message);
    }

    /** The tree with the values of a host; a leaf that is left out is empty. */
    private Optional<Object> tree(String host, Object node, HostFacts facts) {
        if (node instanceof Map<?, ?> map) {
            Map<String, Object> values = new LinkedHashMap<>();
            map.forEach(
                    (key, child) ->
                            tree(host, child, facts)
                                    .ifPresent(value -> values.put(key.toString(), value)));
            return Optional.of(values);
        }
        if (node instanceof List<?> list) {
            return Optional.of(
                    list.stream()
                            .map(child -> tree(host, child, facts))
                            .flatMap(Optional::stream)
                            .toList());
        }
        return node instanceof Template template ? leaf(host, template, facts) : Optional.of(node);
    }
}
