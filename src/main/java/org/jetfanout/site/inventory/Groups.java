package org.jetfanout.site.inventory;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * What planning needs to know of an inventory: which hosts are in which groups, and their
 * variables.
 */
public interface Groups {
    /** Every host once, in the order of the inventory. */
    List<String> hosts();

    /** Names of the groups. */
    Set<String> groups();

    /** Whether the group exists; {@code all} does. */
    boolean hasGroup(String group);

    /** Why a group does not exist, for messages: no file names it, or it is empty. */
    default String missing(String group) {
        return "the inventory has no group "
                + Quoted.of(group)
                + NearestName.nameHint(group, groups());
    }

    /** Hosts of the group and of its descendants, each once, in inventory order. */
    List<String> hostsOf(String group);

    /** The host's groups: direct ones, then their ancestors, without {@code all}. */
    List<String> groupsOf(String host);

    /**
     * The file or program that sets a variable of the host, for messages; empty where that is
     * unknown.
     */
    default Optional<String> source(String host, String variable) {
        return Optional.empty();
    }

    /** The host's variables, merged with those of its groups. */
    Map<String, Object> variables(String host);
}
