package org.jetfanout.site.inventory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.SourceText;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.Quoted;

/** Reads a file of groups/, which lists the hosts and subgroups of one group. */
final class GroupsFile {
    private static final String HOSTS = "hosts";
    private static final String SUBGROUPS = "subgroups";

    /** A name and its line, from 1. */
    record Entry(String name, int line) {}

    /** The content of such a file. */
    record Content(List<Entry> hosts, List<Entry> subgroups) {}

    private GroupsFile() {}

    /** Adds the file's group. As with jetp, a group without hosts and subgroups does not exist. */
    static void load(Path file, String group, InventoryBuilder builder) {
        Content content = read(file);
        if (content.hosts().isEmpty() && content.subgroups().isEmpty()) {
            builder.emptyGroup(group, file);
        }
        for (Entry host : content.hosts()) {
            InventoryNames.hostProblem(host.name())
                    .ifPresent(problem -> fail(file, host.line(), problem));
            builder.addHost(builder.group(group), host.name());
        }
        for (Entry subgroup : content.subgroups()) {
            InventoryNames.groupProblem(subgroup.name())
                    .ifPresent(problem -> fail(file, subgroup.line(), problem));
            if (subgroup.name().equals(Inventory.ALL)) {
                fail(
                        file,
                        subgroup.line(),
                        "'all' cannot be a subgroup: it already contains every group");
            }
            if (!subgroup.name().equals(group)) {
                builder.addSubgroup(builder.group(group), builder.group(subgroup.name()));
            }
        }
    }

    private static Content read(Path file) {
        byte[] text = SourceText.bytes(file);
        return PlainLists.parse(text).orElseGet(() -> parse(file, text));
    }

    /** Parses with the YAML parser. */
    static Content parse(Path file, byte[] text) {
        Optional<YamlValue> document = YamlValue.parse(file, SourceText.decode(file, text));
        List<Entry> hosts = new ArrayList<>();
        List<Entry> subgroups = new ArrayList<>();
        if (document.isPresent() && !document.get().isNull()) {
            for (YamlValue.Entry entry : document.get().entries("a groups file")) {
                switch (entry.name()) {
                    case HOSTS -> list(entry.value(), HOSTS, hosts);
                    case SUBGROUPS -> list(entry.value(), SUBGROUPS, subgroups);
                    default ->
                            throw entry.key()
                                    .error(
                                            "unknown key "
                                                    + Quoted.of(entry.name())
                                                    + ": a groups file has the keys hosts and"
                                                    + " subgroups (put variables into group_vars/)");
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
