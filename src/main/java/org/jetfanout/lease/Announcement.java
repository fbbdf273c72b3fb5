package org.jetfanout.lease;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.record.FileNames;

/**
 * What the instances at a broker know of a run. Its lease says the same. Immutable.
 *
 * @param guid of the run
 * @param term number of its owner: each new owner has a higher one
 * @param owner name of the instance that has the run
 * @param hold whether it works on the run
 * @param zones of its workers
 * @param estate id of the estate that holds; another one was given up
 * @param pieces how many pieces the estate has, besides what was added later
 */
public record Announcement(
        String guid,
        long term,
        String owner,
        Hold hold,
        Set<String> zones,
        String estate,
        int pieces) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_NAME = 300;
    private static final int MOST_ZONES = 10_000;

    /** Whether the owner works on the run. */
    public enum Hold {
        /** It does, or it has died. */
        KEPT,
        /**
         * A process ended that had it, because somebody wanted that. Only `resume` continues it.
         */
        LEFT,
        /** Another process of the same machine takes it at this moment. */
        HANDED
    }

    /** Copies the set. */
    public Announcement {
        zones = Set.copyOf(zones);
    }

    /** The same run of another owner. */
    public Announcement of(long other, String name, Hold how) {
        return new Announcement(guid, other, name, how, zones, estate, pieces);
    }

    /** The same with another estate. */
    Announcement with(String other, int count) {
        return new Announcement(guid, term, owner, hold, zones, other, count);
    }

    byte[] bytes() {
        ObjectNode json = JSON.createObjectNode();
        json.put("guid", guid);
        json.put("term", term);
        json.put("owner", owner);
        json.put("hold", hold.name().toLowerCase(Locale.ROOT));
        json.set("zones", JSON.valueToTree(new TreeSet<>(zones)));
        json.put("estate", estate);
        json.put("pieces", pieces);
        return json.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Reads what {@link #bytes} made. It was sealed, but its values become names of files. */
    static Announcement read(byte[] bytes) throws IOException {
        JsonNode json = JSON.readTree(bytes);
        Set<String> zones = new TreeSet<>();
        json.path("zones").forEach(zone -> zones.add(zone.asText()));
        String guid = json.path("guid").asText();
        String owner = json.path("owner").asText();
        try {
            Announcement read =
                    new Announcement(
                            guid,
                            json.path("term").asLong(),
                            owner,
                            Hold.valueOf(json.path("hold").asText().toUpperCase(Locale.ROOT)),
                            zones,
                            json.path("estate").asText(),
                            json.path("pieces").asInt());
            if (!FileNames.isSafe(guid)
                    || guid.equals("last")
                    || owner.length() > LONGEST_NAME
                    || zones.size() > MOST_ZONES
                    || read.term() < 1
                    || read.pieces() < 0) {
                throw new IOException("is no announcement of a run");
            }
            return read;
        } catch (IllegalArgumentException e) {
            throw new IOException("is no announcement of a run", e);
        }
    }
}
