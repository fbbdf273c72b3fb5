package org.jetfanout.hand;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jetfanout.link.Link;
import org.jetfanout.link.LinkException;
import org.jetfanout.link.LinkMessage;

/** The messages of a call to the other side, which are numbered. Thread-safe. */
final class SentMessages {
    private static final byte[] NOTHING = {};

    private final Link link;
    private final String address;
    private final String call;

    // Mutable state, written under the lock of this
    private volatile long sent;

    SentMessages(Link link, String address, String call) {
        this.link = link;
        this.address = address;
        this.call = call;
    }

    String address() {
        return address;
    }

    /** How many messages were sent. */
    long sent() {
        return sent;
    }

    static ObjectNode head() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Sends the next message. It waits while the broker is full. */
    void send(CallWord word, ObjectNode head) throws LinkException {
        send(word, head, NOTHING);
    }

    /** Sends the next message with a body. It waits while the broker is full. */
    synchronized void send(CallWord word, ObjectNode head, byte[] body) throws LinkException {
        head.put("call", call);
        head.put("n", sent + 1);
        link.send(address, new LinkMessage(word.name(), head, body));
        sent++;
    }

    /** Tells the other side, if it is there, that nobody reads any more. */
    void sendClose() {
        try {
            sendAtOnce(CallWord.CLOSE, head());
        } catch (LinkException e) {
            // then the hand notices that nobody is here
        }
    }

    /** Sends a message without a number. It waits for no other. */
    void sendAtOnce(CallWord word, ObjectNode head) throws LinkException {
        link.send(address, new LinkMessage(word.name(), head.put("call", call)));
    }
}
