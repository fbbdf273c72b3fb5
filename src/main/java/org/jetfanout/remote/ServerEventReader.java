package org.jetfanout.remote;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads server-sent events from one connection. Not thread-safe. */
final class ServerEventReader {
    /** An event has at most a hundred lines of at most a mebibyte. */
    private static final int MOST_BYTES = 200 << 20;

    private final InputStream in;

    // Mutable state
    private final byte[] buffer = new byte[1 << 16];
    private int next;
    private int end;
    private volatile long heard = System.nanoTime();

    /**
     * An event.
     *
     * @param id empty where it has none
     * @param type such as {@code line}
     * @param data its text
     */
    record Event(String id, String type, String data) {}

    ServerEventReader(InputStream in) {
        this.in = in;
    }

    /** When something last came, also a comment, as {@link System#nanoTime}. */
    long heard() {
        return heard;
    }

    /** The next event; empty where the connection ended in good order. */
    Optional<Event> read() throws IOException {
        String id = "";
        String type = "message";
        StringBuilder data = new StringBuilder();
        while (true) {
            Optional<String> line = line();
            if (line.isEmpty()) {
                return Optional.empty();
            }
            String text = line.get();
            if (text.isEmpty()) {
                if (data.length() > 0 || !type.equals("message")) {
                    return Optional.of(new Event(id, type, data.toString()));
                }
                continue;
            }
            int colon = text.indexOf(':');
            String field = colon < 0 ? text : text.substring(0, colon);
            String value = colon < 0 ? "" : text.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "id" -> id = value;
                case "event" -> type = value;
                case "data" -> data.append(data.length() == 0 ? "" : "\n").append(value);
                default -> {
                    // a comment, or the time after which to connect again
                }
            }
            if (data.length() > MOST_BYTES) {
                throw new IOException("the service sent an event without end");
            }
        }
    }

    private Optional<String> line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            if (next == end) {
                next = 0;
                end = in.read(buffer);
                heard = System.nanoTime();
                if (end < 0) {
                    end = 0;
                    if (line.size() > 0) {
                        throw new EOFException("the connection ended within an event");
                    }
                    return Optional.empty();
                }
            }
            int from = next;
            while (next < end && buffer[next] != '\n') {
                next++;
            }
            line.write(buffer, from, next - from);
            if (line.size() > MOST_BYTES) {
                throw new IOException("the service sent a line without end");
            }
            if (next < end) {
                next++;
                String text = line.toString(StandardCharsets.UTF_8);
                return Optional.of(
                        text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
            }
        }
    }
}
