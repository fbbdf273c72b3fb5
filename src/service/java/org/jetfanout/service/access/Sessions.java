package org.jetfanout.service.access;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.token.TokenText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of the page. A session's id is a secret that only its browser has; here is its hash.
 * They are kept in a file, so that a restart of the service logs nobody out. Thread-safe.
 */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final int MOST = 10_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Duration idle;
    private final Duration longest;
    private final InstantSource clock;

    /** Held by whoever writes the file. */
    private final Object writing = new Object();

    // Mutable state
    private final Map<String, Session> byHash = new HashMap<>();
    private boolean changed;

    /**
     * A session.
     *
     * @param token the hash of the token with which it began; it ends with that token
     */
    record Session(String token, Instant began, Instant seen) {}

    /**
     * Reads what an earlier process has kept. A file that cannot be read logs everybody out.
     *
     * @param idle a session ends after so long without a request
     * @param longest a session ends after so long in any case
     */
    Sessions(Path file, Duration idle, Duration longest, InstantSource clock) {
        this.file = file;
        this.idle = idle;
        this.longest = longest;
        this.clock = clock;
        try {
            for (JsonNode json : JSON.readTree(Files.readAllBytes(file)).path("sessions")) {
                byHash.put(
                        json.path("sha256").asText(),
                        new Session(
                                json.path("token").asText(),
                                Instant.parse(json.path("began").asText()),
                                Instant.parse(json.path("seen").asText())));
            }
        } catch (NoSuchFileException e) {
            // the first start
        } catch (JacksonException | DateTimeException e) {
            LOG.warn("{} is broken: all have to log in again", file);
        } catch (IOException e) {
            LOG.warn("{} cannot be read ({}): all have to log in again", file, e.getMessage());
        }
    }

    /**
     * Begins a session and stores it. Returns its id.
     *
     * @param token the hash of the token
     */
    String begin(String token) {
        String id = TokenText.random();
        synchronized (this) {
            Instant now = clock.instant();
            byHash.values().removeIf(this::isOver);
            if (byHash.size() >= MOST) {
                byHash.entrySet().stream()
                        .min(Comparator.comparing(entry -> entry.getValue().seen()))
                        .map(Map.Entry::getKey)
                        .ifPresent(byHash::remove);
            }
            byHash.put(TokenText.hash(id), new Session(token, now, now));
            changed = true;
        }
        store();
        return id;
    }

    /** The session with this id, unless it is over. It has been seen now. */
    synchronized Optional<Session> find(String id) {
        String hash = TokenText.hash(id);
        Session session = byHash.get(hash);
        if (session == null) {
            return Optional.empty();
        }
        if (isOver(session)) {
            byHash.remove(hash);
            changed = true;
            return Optional.empty();
        }
        Session seen = new Session(session.token(), session.began(), clock.instant());
        byHash.put(hash, seen);
        changed = true;
        return Optional.of(seen);
    }

    /** Ends a session, and stores that. */
    void end(String id) {
        synchronized (this) {
            byHash.remove(TokenText.hash(id));
            changed = true;
        }
        store();
    }

    /** How long a browser may keep the cookie. */
    Duration longest() {
        return longest;
    }

    private boolean isOver(Session session) {
        Instant now = clock.instant();
        return now.isAfter(session.seen().plus(idle)) || now.isAfter(session.began().plus(longest));
    }

    /** Stores what has changed. Requests do not wait for the disk meanwhile. */
    void store() {
        synchronized (writing) {
            Optional<byte[]> text = changes();
            if (text.isEmpty()) {
                return;
            }
            try {
                PrivateFiles.replace(file, true, out -> out.write(text.get()));
            } catch (IOException e) {
                again();
                LOG.warn("{} cannot be written: {}", file, e.getMessage());
            }
        }
    }

    private synchronized Optional<byte[]> changes() {
        if (!changed) {
            return Optional.empty();
        }
        changed = false;
        byHash.values().removeIf(this::isOver);
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode list = root.putArray("sessions");
        byHash.forEach(
                (hash, session) ->
                        list.addObject()
                                .put("sha256", hash)
                                .put("token", session.token())
                                .put("began", session.began().toString())
                                .put("seen", session.seen().toString()));
        return Optional.of(root.toString().getBytes(StandardCharsets.UTF_8));
    }

    private synchronized void again() {
        changed = true;
    }
}
