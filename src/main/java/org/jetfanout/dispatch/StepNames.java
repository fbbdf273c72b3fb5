package org.jetfanout.dispatch;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The names of steps in routes: {@code room.step} is the method {@code step} of class {@code
 * RoomSteps} or {@code RoomSink}. Names without a room, from version 0.1, still work. Pure
 * functions.
 */
public final class StepNames {
    /** The step that begins an exchange with a worker. Every dispatch route needs it. */
    public static final String COMMAND = "dispatch.command";

    /** The step between two exchanges with a worker. Every dispatch route needs it. */
    public static final String PAUSE = "dispatch.pause";

    /** Rooms whose steps once had names without the room. */
    private static final Set<String> SILENT =
            Set.of("run", "plan", "queue", "dispatch", "record", "sink");

    /** Steps that moved to another room or were renamed, with their former names. */
    private static final Map<String, String> RENAMED =
            Map.of(
                    "pack.batch", "queue.bundle",
                    "elasticsearch.delivery", "elasticsearch.frame",
                    "opensearch.delivery", "opensearch.frame",
                    "splunk.delivery", "splunk.frame");

    private StepNames() {}

    /** The beans under their names and their former names. */
    public static <T> Map<String, T> withFormer(Map<String, ? extends T> beans) {
        Map<String, T> all = new HashMap<>(beans);
        beans.forEach((name, bean) -> former(name).forEach(other -> all.putIfAbsent(other, bean)));
        return all;
    }

    /** The former names of a step, or its name where it had no other. */
    public static Set<String> former(String name) {
        String before = RENAMED.getOrDefault(name, name);
        String first = ofVersion01(before);
        return before.equals(first) ? Set.of(first) : Set.of(before, first);
    }

    private static String ofVersion01(String name) {
        int dot = name.indexOf('.');
        if (dot < 0 || name.equals(PAUSE)) {
            return name;
        }
        String room = name.substring(0, dot);
        String step = name.substring(dot + 1);
        boolean alone = SILENT.contains(room) || name.equals("check.checks");
        return alone ? step : room + Character.toUpperCase(step.charAt(0)) + step.substring(1);
    }
}
