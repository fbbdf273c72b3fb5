package org.jetfanout.runner.ansible.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jetfanout.runner.PlainText;

/**
 * Which hosts of the batch the plays address, and on which of them ansible broke off: because other
 * hosts failed, it ended a play, or does not come to a later one. Then a host has no result
 * although nothing failed on it. Memory is bounded by the number of hosts. Not thread-safe.
 */
final class AnsiblePlays {
    private final ToIntFunction<String> placeOf;

    // Mutable state
    /** Places of the batch's hosts by the numbers that this process of ansible gave them. */
    private final NavigableMap<Integer, Integer> places = new TreeMap<>();

    /** The other way round: a host has one number. */
    private final Map<Integer, Integer> numbers = new HashMap<>();

    private final BitSet addressed = new BitSet();
    private boolean ranOut;

    /** Which play ended early for hosts, by their places; for those that failed, too. */
    private final Map<Integer, String> cut = new HashMap<>();

    /** Which play ansible did not come to, by places of hosts. */
    private final Map<Integer, String> left = new HashMap<>();

    /**
     * @param placeOf the place of a host in the batch, from 0; negative where it is not in it
     */
    AnsiblePlays(ToIntFunction<String> placeOf) {
        this.placeOf = placeOf;
    }

    /** Takes the next event; not all are about this. */
    void take(ObjectNode event) {
        switch (AnsibleEvents.text(event, "event")) {
            case AnsibleEvents.START -> {
                places.clear();
                numbers.clear();
                left.clear();
                ranOut = false;
            }
            case "playbook_on_start" -> {
                left.clear();
                ranOut = false;
            }
            case AnsibleEvents.NAMES -> names(event);
            case AnsibleEvents.PLAY -> ranOut = false;
            case AnsibleEvents.ADDRESSES -> addressed.or(hosts(event));
            case AnsibleEvents.NO_HOSTS_LEFT -> ranOut = true;
            case AnsibleEvents.CUT -> {
                String why =
                        "other hosts failed, so ansible ended play '%s'"
                                .formatted(PlainText.line(AnsibleEvents.text(event, "play")));
                hosts(event).stream().forEach(place -> cut.putIfAbsent(place, why));
            }
            case AnsibleEvents.LEFT -> {
                ranOut = true;
                String path = AnsibleEvents.text(event, "path");
                String why =
                        "other hosts failed, so ansible did not begin play '%s'%s on it"
                                .formatted(
                                        PlainText.line(AnsibleEvents.text(event, "play")),
                                        path.isEmpty() ? "" : " (" + path + ")");
                hosts(event).stream().forEach(place -> left.putIfAbsent(place, why));
            }
            default -> {}
        }
    }

    private void names(ObjectNode event) {
        int number = event.path("first").asInt();
        for (JsonNode name : event.path("names")) {
            int place = placeOf.applyAsInt(name.asText());
            if (place >= 0) {
                Integer before = numbers.put(place, number);
                if (before != null) {
                    places.remove(before);
                }
                places.put(number, place);
            }
            number++;
        }
    }

    /** Places of the hosts of an event: it has the first and the last number of each range. */
    private BitSet hosts(ObjectNode event) {
        BitSet hosts = new BitSet();
        JsonNode ranges = event.path("hosts");
        for (int i = 0; i + 1 < ranges.size(); i += 2) {
            int first = ranges.get(i).asInt();
            int last = ranges.get(i + 1).asInt();
            if (first <= last) {
                places.subMap(first, true, last, true).values().forEach(hosts::set);
            }
        }
        return hosts;
    }

    /**
     * Why ansible did not come to its end with a host, though nothing failed on it; empty where it
     * did.
     *
     * @param tagged whether it may be that no play addresses it
     */
    String brokenOff(int place, boolean tagged) {
        String why = cut.getOrDefault(place, left.getOrDefault(place, ""));
        return why.isEmpty() && !tagged && !addressed.get(place)
                ? "no play that began addresses it"
                : why;
    }

    /** Whether ansible came to its end with all of the first hosts of the batch. */
    boolean areDone(int hosts) {
        return cut.isEmpty() && left.isEmpty() && addressed.nextClearBit(0) >= hosts;
    }

    /** Whether ansible ended before the last play, because all hosts of one failed. */
    boolean ranOut() {
        return ranOut;
    }
}
