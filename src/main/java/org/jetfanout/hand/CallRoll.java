package org.jetfanout.hand;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import org.jetfanout.link.Link;
import org.jetfanout.link.LinkException;
import org.jetfanout.link.LinkMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which calls one instance has with another, and how many messages of each it has sent. So each
 * side finds out that messages were lost even if no other follows. Pure functions.
 */
final class CallRoll {
    private static final Logger LOG = LoggerFactory.getLogger(CallRoll.class);

    private static final String CALLS = "calls";

    private CallRoll() {}

    /** Adds a call to the roll for an address. */
    static void add(Map<String, ObjectNode> rolls, String address, String call, long sent) {
        ObjectNode roll = rolls.computeIfAbsent(address, unknown -> SentMessages.head());
        roll.withObjectProperty(CALLS).put(call, sent);
    }

    /** Sends each roll to its address. */
    static void send(Link link, CallWord word, Map<String, ObjectNode> rolls) {
        rolls.forEach(
                (address, roll) -> {
                    try {
                        link.send(address, new LinkMessage(word.name(), roll));
                    } catch (LinkException | RuntimeException e) { // the next one is sent
                        LOG.debug("roll for {}: {}", address, e.toString());
                    }
                });
    }

    /** What another instance lists. */
    static Map<String, Long> read(Fields head) {
        Map<String, Long> sent = new HashMap<>();
        for (Map.Entry<String, JsonNode> one : head.json().path(CALLS).properties()) {
            sent.put(one.getKey(), one.getValue().asLong());
        }
        return sent;
    }
}
