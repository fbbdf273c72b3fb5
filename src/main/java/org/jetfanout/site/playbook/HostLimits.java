package org.jetfanout.site.playbook;

import java.util.List;
import org.jetfanout.text.Quoted;

/**
 * What --limit-hosts and --limit-groups leave of the hosts: those that are named, those that are in
 * one of the groups; where both are given, those to which both apply.
 *
 * @param hosts exact inventory names; empty: no limit
 * @param groups groups, of which any holds the host, itself or by a group below it; empty: no limit
 */
public record HostLimits(List<String> hosts, List<String> groups) {
    public HostLimits {
        hosts = List.copyOf(hosts);
        groups = List.copyOf(groups);
    }

    /**
     * The names of a flag, between colons.
     *
     * @throws IllegalArgumentException where one of them is empty
     */
    public static List<String> names(String text) {
        List<String> names = List.of(text.split(":", -1));
        if (names.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    Quoted.of(text) + " contains an empty name: separate names with single colons");
        }
        return names;
    }

    public static HostLimits none() {
        return new HostLimits(List.of(), List.of());
    }

    public boolean isNone() {
        return hosts.isEmpty() && groups.isEmpty();
    }
}
