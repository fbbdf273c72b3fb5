package org.jetfanout.site.playbook;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.HostRanges;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.text.Quoted;

/** Finds the hosts that a run addresses. */
public final class AddressedHosts {
    private static final int MOST_NAMED = 5;

    private AddressedHosts() {}

    /** The hosts of all plays, where {@code localhost} is an error. */
    public static List<String> hosts(
            Inventory inventory, List<Playbook> playbooks, HostLimits limits) {
        return hosts(inventory, playbooks, limits, false);
    }

    /**
     * The hosts of all plays' groups within the limits, each once, in inventory order. It fails
     * where there is none, where a group or a limit is unknown, and where jetp would stop at a play
     * without hosts.
     *
     * @param allowLocalhost whether {@code localhost} may be among them: tasks for it run on the
     *     worker, as the worker's login
     */
    public static List<String> hosts(
            Inventory inventory,
            List<Playbook> playbooks,
            HostLimits limits,
            boolean allowLocalhost) {
        checkLimits(inventory, limits);
        Set<String> groups = new LinkedHashSet<>();
        for (Playbook playbook : playbooks) {
            for (Play play : playbook.plays()) {
                check(inventory, playbook, play, limits);
                groups.addAll(play.groups());
            }
        }
        List<String> hosts = limited(inventory, inventory.hostsOf(groups), limits);
        if (hosts.isEmpty()) {
            throw new ConfigurationException(
                    "no hosts remain: --limit-hosts and --limit-groups exclude all hosts of the"
                            + " playbook");
        }
        if (!allowLocalhost) {
            List<String> local = hosts.stream().filter(inventory::isLocalhost).toList();
            if (!local.isEmpty()) {
                throw new ConfigurationException(
                        HostRanges.fold(local, MOST_NAMED)
                                + ": tasks for localhost (by name or by jet_ssh_hostname) would"
                                + " run on the worker, not on this machine. Remove it from the"
                                + " groups of the play, or confirm that you mean the worker");
            }
        }
        return hosts;
    }

    /** The hosts of these groups within the limits, whatever a playbook says. */
    public static List<String> hostsOf(
            Inventory inventory, Collection<String> groups, HostLimits limits) {
        checkLimits(inventory, limits);
        return limited(inventory, inventory.hostsOf(groups), limits);
    }

    private static void check(
            Inventory inventory, Playbook playbook, Play play, HostLimits limits) {
        for (String group : play.groups()) {
            if (!inventory.hasGroup(group)) {
                throw playbook.error(
                        play, "play " + Quoted.of(play.name()) + ": " + inventory.missing(group));
            }
        }
        // with limits, plays without hosts are removed from the workers' playbooks
        if (limits.isNone() && inventory.hostsOf(play.groups()).isEmpty()) {
            throw playbook.error(
                    play,
                    "play "
                            + Quoted.of(play.name())
                            + " has no hosts: its groups ("
                            + quoted(play.groups())
                            + ") are empty, and jetp stops at a play without hosts");
        }
    }

    private static void checkLimits(Inventory inventory, HostLimits limits) {
        List<String> unknown =
                limits.hosts().stream().filter(host -> !inventory.hasHost(host)).toList();
        if (!unknown.isEmpty()) {
            throw new ConfigurationException(
                    "--limit-hosts: the inventory has no host " + quoted(unknown));
        }
        for (String group : limits.groups()) {
            if (!inventory.hasGroup(group)) {
                throw new ConfigurationException("--limit-groups: " + inventory.missing(group));
            }
        }
    }

    /** The first names, each in quotes. */
    private static String quoted(List<String> names) {
        String shown =
                names.stream().limit(MOST_NAMED).map(Quoted::of).collect(Collectors.joining(", "));
        int more = names.size() - MOST_NAMED;
        return shown + (more > 0 ? " … and " + more + " more" : "");
    }

    private static List<String> limited(
            Inventory inventory, List<String> hosts, HostLimits limits) {
        if (limits.isNone()) {
            return hosts;
        }
        Set<String> named = new HashSet<>(limits.hosts());
        List<String> left = new ArrayList<>();
        for (String host : hosts) {
            if ((named.isEmpty() || named.contains(host))
                    && (limits.groups().isEmpty()
                            || limits.groups().stream()
                                    .anyMatch(group -> inventory.holds(group, host)))) {
                left.add(host);
            }
        }
        return List.copyOf(left);
    }
}
