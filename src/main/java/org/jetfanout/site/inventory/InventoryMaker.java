package org.jetfanout.site.inventory;

import java.util.Collection;
import java.util.Map;
import org.jetfanout.ConfigurationException;

/**
 * Makes an inventory of hosts and groups that are known already: from another program's answer, or
 * from a plain list. Hosts stand in the order in which they are added. Not thread-safe.
 */
public final class InventoryMaker {
    private final InventoryBuilder builder = new InventoryBuilder(Overlay.REPLACE);

    /**
     * Adds a host.
     *
     * @param source where it comes from, for errors
     * @param variables its own, with jetp's names; may be empty
     */
    public InventoryMaker host(String name, String source, Map<String, Object> variables) {
        InventoryNames.hostProblem(name)
                .ifPresent(
                        problem -> {
                            throw new ConfigurationException(source + ": " + problem);
                        });
        int host = builder.addHost(Members.ALL, name);
        if (!variables.isEmpty()) {
            builder.hostVariables(host, new JsonVariables(source, variables));
        }
        return this;
    }

    /**
     * Adds members to a group, which is made where it does not exist. Hosts must be added before.
     */
    public InventoryMaker group(
            String name, Collection<String> children, Collection<String> hosts) {
        int group = builder.group(name);
        children.forEach(child -> builder.addSubgroup(group, builder.group(child)));
        if (group != Members.ALL) {
            hosts.forEach(host -> builder.addHost(group, host));
        }
        return this;
    }

    /** The inventory. */
    public Inventory inventory() {
        return builder.build();
    }
}
