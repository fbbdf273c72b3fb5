package org.jetfanout.inventory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.yaml.YamlValue;

/** A file of groups/: which hosts and subgroups one group has. */
final class GroupsFile {
    private static final String HOSTS = "hosts";
    private static final String SUBGROUPS = "subgroups";

    /** A name and its line, from 1. */
    record Entry(String name, int line) {}

    /** What such a file says. */
    record Content(List<Entry> hosts, List<Entry> subgroups) {}

    private GroupsFile() {}

    /** Adds the file's group; as with jetp, one without hosts and subgroups does not exist. */
    static void load(Path file, String group, InventoryBuilder builder) {
        Content content = read(file);
        for (Entry host : content.hosts()) {
            Names.hostProblem(host.name()).ifPresent(problem -> fail(file, host.line(), problem));
            builder.addHost(builder.group(group), host.name());
        }
        for (Entry subgroup : content.subgroups()) {
            Names.groupProblem(subgroup.name())
                    .ifPresent(problem -> fail(file, subgroup.line(), problem));
            if (subgroup.name().equals(Inventory.ALL)) {
                fail(
                        file,
                        subgroup.line(),
                        "all cannot be a subgroup: every group is in it already");
            }
            if (!subgroup.name().equals(group)) {
                builder.addSubgroup(builder.group(group), builder.group(subgroup.name()));
            }
        }
    }

    private static Content read(Path file) {
        try {
            byte[] text = Files.readAllBytes(file);
            Optional<Content> plain = PlainLists.parse(text);
            return plain.isPresent() ? plain.get() : parse(file, text);
        } catch (CharacterCodingException e) {
            throw ConfigurationException.at(file, "is not UTF-8 text");
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be read: " + e);
        }
    }

    /** By the real YAML parser. */
    static Content parse(Path file, byte[] text) throws CharacterCodingException {
        String decoded =
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
        Optional<YamlValue> document = YamlValue.parse(file, decoded);
        List<Entry> hosts = new ArrayList<>();
        List<Entry> subgroups = new ArrayList<>();
        if (document.isPresent() && !document.get().isNull()) {
            for (Map.Entry<String, YamlValue> entry :
                    document.get().mapping("a groups file").entrySet()) {
                switch (entry.getKey()) {
                    case HOSTS -> list(entry.getValue(), HOSTS, hosts);
                    case SUBGROUPS -> list(entry.getValue(), SUBGROUPS, subgroups);
                    default ->
                            throw entry.getValue()
                                    .error(
                                            "unknown key '"
                                                    + Names.visible(entry.getKey())
                                                    + "': a groups file has hosts and subgroups"
                                                    + " (variables go into group_vars/)");
                }
            }
        }
        return new Content(hosts, subgroups);
    }

    private static void list(YamlValue value, String key, List<Entry> into) {
        if (!value.isNull()) {
            for (YamlValue item : value.sequence(key)) {
                into.add(new Entry(item.text("an entry of " + key), item.line()));
            }
        }
    }

    private static void fail(Path file, int line, String problem) {
        throw ConfigurationException.at(file, line, problem);
    }
}
