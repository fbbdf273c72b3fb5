package org.jetfanout.runner.events;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jetfanout.text.Text;

/**
 * The last line of each host, and the last one that is of no host. Memory is bounded by the number
 * of hosts. Not thread-safe.
 */
final class LastWords {
    private static final int MOST = 300;

    private final Predicate<String> known;

    // Mutable state
    private final Map<String, String> lines = new HashMap<>();
    private String ofNobody = "";

    /**
     * @param known whether a name is a host of the batch
     */
    LastWords(Predicate<String> known) {
        this.known = known;
    }

    void take(String line) {
        String host = PlainLineReader.host(line);
        boolean theirs = !host.isEmpty() && known.test(host);
        String text = theirs ? PlainLineReader.text(line, host) : line;
        if (text.isBlank()) {
            return;
        }
        text = text.length() > MOST ? text.substring(0, MOST) + "…" : text;
        if (theirs) {
            lines.put(host, text);
        } else {
            ofNobody = text;
        }
    }

    /** The last words of a host; empty where it said nothing. */
    String of(String host) {
        return Text.withoutEscapes(lines.getOrDefault(host, "")).strip();
    }

    /** The last words of the runner itself. */
    String ofRunner() {
        return Text.withoutEscapes(ofNobody).strip();
    }
}
