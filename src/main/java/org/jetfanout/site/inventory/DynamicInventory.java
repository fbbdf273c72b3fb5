package org.jetfanout.site.inventory;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.JsonInput;
import org.jetfanout.text.Quoted;

/** Reads the JSON of an executable inventory as a stream into a builder. */
final class DynamicInventory {
    private static final JsonFactory JSON = JsonInput.FACTORY;

    private final Path path;
    private final InventoryBuilder builder;
    private final String hostVariablesSource;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();

    /** Hosts whose variables came from this output. */
    private final BitSet ownHosts = new BitSet();

    DynamicInventory(Path path, InventoryBuilder builder) {
        this.path = path;
        this.builder = builder;
        this.hostVariablesSource = path + " (hostvars)";
    }

    void read(InputStream input) throws IOException {
        try (JsonParser json =
                JSON.createParser(input).disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)) {
            if (json.nextToken() == null) {
                throw ConfigurationException.at(path, "the inventory program printed nothing");
            }
            expect(json, JsonToken.START_OBJECT, "the inventory");
            Set<String> seen = new HashSet<>();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                if (!seen.add(name)) {
                    throw error(json, "group " + Quoted.of(name) + " occurs twice");
                }
                String group = name.equals("_meta") ? Inventory.ALL : name;
                if (group.startsWith("_")) {
                    json.skipChildren();
                } else {
                    group(json, group);
                }
            }
            if (json.nextToken() != null) {
                throw error(json, "text follows the JSON object");
            }
        }
    }

    private void group(JsonParser json, String name) throws IOException {
        InventoryNames.groupProblem(name)
                .ifPresent(
                        problem -> {
                            throw error(json, problem);
                        });
        expect(json, JsonToken.START_OBJECT, "group " + Quoted.of(name));
        int group = builder.group(name);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            boolean empty = json.nextToken() == JsonToken.VALUE_NULL;
            String place = Quoted.of(key) + " of group " + Quoted.of(name);
            switch (key) {
                case "hosts" -> {
                    if (!empty) {
                        hosts(json, group, place);
                    }
                }
                case "children" -> {
                    if (!empty) {
                        children(json, group, name, place);
                    }
                }
                case "vars" -> {
                    if (!empty) {
                        expect(json, JsonToken.START_OBJECT, place);
                        groupVariables(json, group, name);
                    }
                }
                case "hostvars" -> {
                    if (!empty) {
                        hostVariables(json, group, place);
                    }
                }
                default ->
                        throw error(
                                json,
                                "unknown key "
                                        + Quoted.of(key)
                                        + " in group "
                                        + Quoted.of(name)
                                        + ": a group has the keys hosts, children, vars and"
                                        + " hostvars");
            }
        }
    }

    private void hosts(JsonParser json, int group, String place) throws IOException {
        expect(json, JsonToken.START_ARRAY, place);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                throw error(json, "an entry of " + place + " must be a text");
            }
            addHost(json, group, json.getText());
        }
    }

    private void children(JsonParser json, int group, String name, String place)
            throws IOException {
        expect(json, JsonToken.START_ARRAY, place);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json, JsonToken.VALUE_STRING, "an entry of " + place);
            String child = json.getText();
            InventoryNames.groupProblem(child)
                    .ifPresent(
                            problem -> {
                                throw error(json, problem);
                            });
            if (child.equals(name)) {
                throw error(
                        json,
                        "group " + Quoted.of(name) + " lists itself in children: jetp crashes");
            }
            if (child.equals(Inventory.ALL)) {
                throw error(json, "'all' cannot be a child: it already contains every group");
            }
            builder.addSubgroup(group, builder.group(child));
        }
    }

    /**
     * Sets a group's variables as jetp does: a new value replaces the old one, and other variables
     * stay.
     */
    private void groupVariables(JsonParser json, int group, String name) throws IOException {
        Variables next = new JsonVariables(path + " (vars of group " + name + ")", copy(json));
        Optional<Variables> old = builder.groupVariables(group);
        builder.groupVariables(group, old.isEmpty() ? next : updated(old.get(), next));
    }

    private void hostVariables(JsonParser json, int group, String place) throws IOException {
        expect(json, JsonToken.START_OBJECT, place);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            int host = addHost(json, group, name);
            expect(json, JsonToken.START_OBJECT, "each host's entry in hostvars");
            Variables next = new JsonVariables(hostVariablesSource, copy(json));
            Optional<Variables> old = builder.hostVariables(host);
            if (ownHosts.get(host)) {
                agree(json, name, old.orElseThrow().values(), next.values());
            }
            ownHosts.set(host);
            builder.hostVariables(host, old.isEmpty() ? next : updated(old.get(), next));
        }
    }

    private int addHost(JsonParser json, int group, String name) {
        InventoryNames.hostProblem(name)
                .ifPresent(
                        problem -> {
                            throw error(json, problem);
                        });
        return builder.addHost(group, name);
    }

    /**
     * Checks that two groups give a host the same values, because jetp takes the groups of one
     * output in a random order.
     */
    private void agree(
            JsonParser json, String host, Map<String, Object> first, Map<String, Object> second) {
        second.forEach(
                (key, value) -> {
                    if (first.containsKey(key) && !Objects.equals(first.get(key), value)) {
                        throw error(
                                json,
                                "variable "
                                        + Quoted.of(key)
                                        + " of host "
                                        + Quoted.of(host)
                                        + " has different values in the hostvars of two groups:"
                                        + " jetp chooses one at random");
                    }
                });
    }

    private Variables updated(Variables old, Variables next) {
        if (builder.overlay() == Overlay.MERGE && !(old instanceof JsonVariables)) {
            return builder.overlaid(old, next);
        }
        Map<String, Object> values = new LinkedHashMap<>(old.values());
        values.putAll(next.values());
        String source =
                old.source().endsWith(next.source())
                        ? old.source()
                        : old.source() + " and " + next.source();
        return new JsonVariables(source, values);
    }

    private byte[] copy(JsonParser json) throws IOException {
        buffer.reset();
        try (JsonGenerator generator = JSON.createGenerator(buffer)) {
            generator.copyCurrentStructure(json);
        }
        return buffer.toByteArray();
    }

    private void expect(JsonParser json, JsonToken token, String what) throws IOException {
        if (json.currentToken() != token) {
            String kind =
                    switch (token) {
                        case START_OBJECT -> "an object";
                        case START_ARRAY -> "a list";
                        default -> "a text";
                    };
            throw error(json, what + " must be " + kind);
        }
    }

    private ConfigurationException error(JsonParser json, String message) {
        return ConfigurationException.at(
                path,
                "line " + json.currentTokenLocation().getLineNr() + " of its output: " + message);
    }
}
