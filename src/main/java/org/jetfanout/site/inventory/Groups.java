package org.jetfanout.site.inventory;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/** Which hosts are in which groups, and their variables: what planning asks of an inventory. */
public interface Groups {
    /** Every host once, in inventory order. */
    List<String> hosts();

    /** Names of the groups. */
    Set<String> groups();

    /** Whether there is such a group; {@code all} is one. */
    boolean hasGroup(String group);

    /** Why there is no such group, for messages: it is not there, or it is empty. */
    default String missing(String group) {
        return "the inventory has no group "
                + Quoted.of(group)
                + NearestName.nameHint(group, groups());
    }

    /** Hosts of the group and of its descendants, each once, in inventory order. */
    List<String> hostsOf(String group);

    /** The host's groups: direct ones, then their ancestors, without {@code all}. */
    List<String> groupsOf(String host);

    /** Where a variable of the host is set, for messages; empty where nobody knows. */
    default Optional<String> source(String host, String variable) {
        return Optional.empty();
    }

    /** The host's variables, its groups' merged in. */
    Map<String, Object> variables(String host);
}
