package org.jetfanout.link;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A message with what the link itself must know: the bytes that are sealed. They are the length of
 * a JSON object (4 bytes), the object, and the message's body.
 *
 * @param version of the protocol that the sender speaks
 * @param from the sender's address
 * @param sender who it is
 * @param number of the message among all of its sender: they grow
 * @param message what it says
 */
record Envelope(int version, String from, InstanceId sender, long number, LinkMessage message) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** More than the object has beside the head. */
    private static final int REST = 4096;

    /** No sealed message of ours is longer. */
    static final int LONGEST =
            LinkMessage.LONGEST_HEAD + LinkMessage.LONGEST_BODY + REST + SealingKey.OVERHEAD;

    byte[] sealed(SharedKey key, String context) throws LinkException {
        ObjectNode object = JSON.createObjectNode();
        object.put("v", version).put("from", from);
        object.put("name", sender.name()).put("id", sender.id()).put("n", number);
        object.put("kind", message.kind()).set("head", message.head());
        byte[] json;
        try {
            json = JSON.writeValueAsBytes(object);
        } catch (IOException e) {
            throw new LinkException("a message cannot be written: " + e.getMessage());
        }
        if (json.length > LinkMessage.LONGEST_HEAD + REST
                || message.body().length > LinkMessage.LONGEST_BODY) {
            throw new LinkException(
                    "a message is too long: %d bytes and a body of %d"
                            .formatted(json.length, message.body().length));
        }
        ByteBuffer plain = ByteBuffer.allocate(Integer.BYTES + json.length + message.body().length);
        plain.putInt(json.length).put(json).put(message.body());
        return key.seal(plain.array(), context.getBytes(StandardCharsets.UTF_8));
    }

    static Envelope open(byte[] sealed, SharedKey key, String context)
            throws ForeignMessageException {
        byte[] plain = key.open(sealed, context.getBytes(StandardCharsets.UTF_8));
        try {
            int length = ByteBuffer.wrap(plain).getInt();
            JsonNode object = JSON.readTree(plain, Integer.BYTES, length);
            return new Envelope(
                    object.path("v").asInt(),
                    object.path("from").asText(),
                    new InstanceId(object.path("name").asText(), object.path("id").asText()),
                    object.path("n").asLong(),
                    new LinkMessage(
                            object.path("kind").asText(),
                            object.path("head"),
                            Arrays.copyOfRange(plain, Integer.BYTES + length, plain.length)));
        } catch (IOException | RuntimeException e) {
            throw new ForeignMessageException("a sealed message that cannot be read");
        }
    }

    Received received() {
        return new Received(from, sender, message);
    }
}
