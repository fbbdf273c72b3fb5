package org.jetfanout.hand;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jetfanout.link.LinkMessage;
import org.jetfanout.ssh.Chunk;

/**
 * Output of a command that waits for the next message, so that small pieces do not cost a message
 * each. The head of the message has the length of each piece, in order, that of stderr below zero;
 * its body has the bytes. For one thread.
 */
final class OutputPieces {
    private static final String NAME = "pieces";

    /** With so much, nothing more is waited for. */
    private static final int ENOUGH = 64 << 10;

    /**
     * The most pieces of a message: whoever changes between stdout and stderr faster sends more.
     */
    private static final int MOST_PIECES = 1_000;

    // Mutable state
    private final List<Integer> lengths = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Whether this piece fits into the same message. */
    boolean fits(Chunk chunk) {
        return bytes.size() + chunk.bytes().length <= LinkMessage.LONGEST_BODY;
    }

    void add(Chunk chunk) {
        int length = chunk.stderr() ? -chunk.bytes().length : chunk.bytes().length;
        lengths.add(length);
        bytes.writeBytes(chunk.bytes());
    }

    boolean isEmpty() {
        return lengths.isEmpty();
    }

    /** Whether it is time to send them. */
    boolean areEnough() {
        return bytes.size() >= ENOUGH || lengths.size() >= MOST_PIECES;
    }

    /** How many bytes they have. */
    int size() {
        return bytes.size();
    }

    /** Drops them. */
    void clear() {
        lengths.clear();
        bytes.reset();
    }

    /** Takes them out for a message: the head gets the lengths. Returns the body. */
    byte[] takeTo(ObjectNode head) {
        if (!isEmpty()) {
            ArrayNode array = head.putArray(NAME);
            lengths.forEach(array::add);
        }
        byte[] body = bytes.toByteArray();
        clear();
        return body;
    }

    /**
     * Reads the pieces of a message.
     *
     * @throws IllegalArgumentException if lengths and body do not agree
     */
    static List<Chunk> read(Fields head, byte[] body) {
        JsonNode array = head.json().path(NAME);
        if (!array.isMissingNode() && (!array.isArray() || array.size() > MOST_PIECES)) {
            throw new IllegalArgumentException("invalid " + NAME);
        }
        List<Chunk> pieces = new ArrayList<>(array.size());
        int at = 0;
        for (JsonNode piece : array) {
            int signed = piece.isIntegralNumber() && piece.canConvertToInt() ? piece.intValue() : 0;
            // the least int has no opposite: it stays below zero, which is refused
            int length = Math.abs(signed);
            if (length <= 0 || length > body.length - at) {
                throw new IllegalArgumentException("invalid " + NAME);
            }
            pieces.add(new Chunk(signed < 0, Arrays.copyOfRange(body, at, at + length)));
            at += length;
        }
        if (at != body.length) {
            throw new IllegalArgumentException("invalid " + NAME);
        }
        return pieces;
    }
}
