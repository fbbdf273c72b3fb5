package org.jetfanout.playbook;

import java.util.List;

/**
 * What --limit-hosts and --limit-groups leave of the hosts: those that are named, those that are in
 * one of the groups; where both are given, those to which both apply.
 *
 * @param hosts exact inventory names; empty: no limit
 * @param groups groups, of which any holds the host, itself or by a group below it; empty: no limit
 */
public record Limits(List<String> hosts, List<String> groups) {
    public Limits {
        hosts = List.copyOf(hosts);
        groups = List.copyOf(groups);
    }

    public static Limits none() {
        return new Limits(List.of(), List.of());
    }

    public boolean isNone() {
        return hosts.isEmpty() && groups.isEmpty();
    }
}
