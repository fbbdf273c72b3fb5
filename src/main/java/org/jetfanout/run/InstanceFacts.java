package org.jetfanout.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.function.IntSupplier;
import org.jetfanout.machine.Build;

/** What an instance says to all others about itself, besides what it does for them. Thread-safe. */
public final class InstanceFacts {
    private final List<String> roles;
    private final IntSupplier connections;
    private final Instant since = Instant.now();

    /**
     * @param roles {@code owner}, {@code hand} or both
     * @param connections how many connections to workers it has now
     */
    public InstanceFacts(List<String> roles, IntSupplier connections) {
        this.roles = List.copyOf(roles);
        this.connections = connections;
    }

    /** The facts as they are now. */
    public ObjectNode now() {
        ObjectNode facts = JsonNodeFactory.instance.objectNode();
        ArrayNode all = facts.putArray("roles");
        roles.forEach(all::add);
        facts.put("program", Build.ofThis().version());
        facts.put("since", since.toString());
        return facts.put("connections", connections.getAsInt());
    }
}
