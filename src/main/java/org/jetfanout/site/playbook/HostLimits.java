package org.jetfanout.site.playbook;

import java.util.List;
import org.jetfanout.text.Quoted;

/**
 * The hosts that --limit-hosts and --limit-groups leave: those that are named, and those that are
 * in one of the groups. Where both are given, a host must meet both.
 *
 * @param hosts exact inventory names; empty for no limit
 * @param groups a host must be in one of them or in a group below it; empty for no limit
 */
public record HostLimits(List<String> hosts, List<String> groups) {
    /** Copies the lists. */
    public HostLimits {
        hosts = List.copyOf(hosts);
        groups = List.copyOf(groups);
    }

    /**
     * Splits the value of a flag at its colons.
     *
     * @throws IllegalArgumentException where a name is empty
     */
    public static List<String> names(String text) {
        List<String> names = List.of(text.split(":", -1));
        if (names.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    Quoted.of(text) + " contains an empty name: separate names with single colons");
        }
        return names;
    }

    /** No limits. */
    public static HostLimits none() {
        return new HostLimits(List.of(), List.of());
    }

    /** Whether every host is within the limits. */
    public boolean isNone() {
        return hosts.isEmpty() && groups.isEmpty();
    }
}
