package org.jetfanout.runner.jetp.bundle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.HostRanges;
import org.jetfanout.site.inventory.Inventory;

/**
 * Refuses hosts with variables by which Jetpack does more than to log in to them: it would do so on
 * each worker, with a part of the inventory. Immutable.
 */
public final class JetpackHosts {
    private static final int MOST_NAMED = 10;

    /** Why a variable of Jetpack's cannot work on a worker. */
    private static final Map<String, String> VARIABLES = new LinkedHashMap<>();

    static {
        VARIABLES.put(
                "provision",
                "Jetpack creates, changes or removes such a host by way of another host of the"
                        + " inventory, before it logs in. Let Jetpack do that alone on this machine,"
                        + " and leave the variable out of the inventory of this run");
        VARIABLES.put(
                "dns",
                "Jetpack keeps the host's address in zone files beside the playbooks, and a worker"
                        + " has none. Let Jetpack do that alone on this machine, and leave the"
                        + " variable out of the inventory of this run");
    }

    private final Inventory inventory;

    /**
     * @param inventory as Jetpack would read it
     */
    public JetpackHosts(Inventory inventory) {
        this.inventory = inventory;
    }

    /**
     * Checks the hosts of a run.
     *
     * @throws ConfigurationException where one of them has such a variable
     */
    public void check(Collection<String> hosts) {
        VARIABLES.forEach((name, why) -> check(hosts, name, why));
    }

    /**
     * Checks variables of the command line, which Jetpack gives to every host.
     *
     * @param place where they are, for errors
     */
    public static void checkExtra(String place, Map<?, ?> variables) {
        VARIABLES.forEach(
                (name, why) -> {
                    if (variables.get(name) instanceof Map) {
                        throw new ConfigurationException(
                                place + ": variable '" + name + "' of all hosts: " + why);
                    }
                });
    }

    private void check(Collection<String> hosts, String name, String why) {
        List<String> having = new ArrayList<>();
        for (String host : hosts) {
            // other values are variables of the user's own
            if (inventory.variable(host, name).filter(Map.class::isInstance).isPresent()) {
                having.add(host);
            }
        }
        if (having.isEmpty()) {
            return;
        }
        Optional<String> source = inventory.source(having.get(0), name);
        throw new ConfigurationException(
                source.map(file -> file + ": ").orElse("")
                        + "variable '"
                        + name
                        + "' of "
                        + HostRanges.fold(having, MOST_NAMED)
                        + ": "
                        + why);
    }
}
