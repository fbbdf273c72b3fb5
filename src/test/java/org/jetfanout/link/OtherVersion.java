package org.jetfanout.link;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jetfanout.queue.Broker;

/** For tests of whole programs: an instance whose version they do not have. */
public final class OtherVersion {
    private OtherVersion() {}

    /** Connects one that says that it serves these zones. */
    public static Link hand(String url, Path key, String name, Set<String> zones) {
        Link link =
                Link.open(Broker.of(url, Map.of()), SharedKey.read(key), name, Link.VERSION + 1);
        link.presence()
                .say(
                        () -> {
                            ObjectNode facts = JsonNodeFactory.instance.objectNode();
                            zones.forEach(facts.putArray("zones")::add);
                            facts.putArray("roles").add("hand");
                            return facts;
                        });
        for (String zone : zones) {
            link.zone(zone);
        }
        return link;
    }
}
