package org.jetfanout.link;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What one instance says to another.
 *
 * @param kind such as CALL; it decides the shape of the head
 * @param head a JSON object, at most {@link #LONGEST_HEAD} bytes
 * @param body at most {@link #LONGEST_BODY} bytes; may be empty
 */
@SuppressWarnings("ArrayRecordComponent")
public record LinkMessage(String kind, JsonNode head, byte[] body) {
    /** In bytes of JSON. */
    public static final int LONGEST_HEAD = 4 << 20;

    /** In bytes: 64 KiB of output, and what an archive's piece may need. */
    public static final int LONGEST_BODY = 128 << 10;

    private static final byte[] NOTHING = {};

    /** A message without a body. */
    public LinkMessage(String kind, JsonNode head) {
        this(kind, head, NOTHING);
    }

    /** Refuses a body that is too long. */
    void checkBody() throws LinkException {
        if (body.length > LONGEST_BODY) {
            throw new LinkException("a message is too long: a body of " + body.length);
        }
    }
}
