package org.jetfanout.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jetfanout.job.Nonce;
import org.jetfanout.job.ScriptStreams;
import org.jetfanout.runner.PlainText;

/**
 * What a worker answers to {@link CheckScript}: facts, each a key with its values in the order in
 * which they came. A worker can send anything, so unknown keys are dropped, values are made
 * harmless and cut, and their number is limited. Not thread-safe.
 */
public final class CheckReply {
    /** How many bytes of other output are read besides the answer. */
    private static final long MOST_NOISE = 16 << 20;

    private static final int MOST_VALUES = 50;
    private static final Set<String> KEYS =
            Set.of(
                    "clock",
                    "uid",
                    "user",
                    "no-tool",
                    "no-relay",
                    "no-program",
                    "version-exit",
                    "version",
                    "unfit",
                    "home",
                    "jobs",
                    "folder",
                    "locks",
                    "free",
                    "agent",
                    "guard",
                    "key",
                    "sudo");

    private final Map<String, List<String>> facts = new HashMap<>();
    private final ScriptStreams streams;

    // Mutable state
    private boolean complete;

    /** Bytes of all lines so far. The script's own lines are few. */
    private long said;

    /**
     * @param nonce of the command; the script marks each of its lines with it
     */
    public CheckReply(Nonce nonce) {
        this.streams = ScriptStreams.ofLines(nonce, this::line);
    }

    private void line(String text) {
        said += text.length() + ScriptStreams.LEAST_LINE;
        int blank = text.indexOf(' ');
        String key = blank < 0 ? text : text.substring(0, blank);
        if (!complete && KEYS.contains(key)) {
            List<String> values = facts.computeIfAbsent(key, k -> new ArrayList<>());
            String value = PlainText.line(blank < 0 ? "" : text.substring(blank + 1));
            if (values.size() < MOST_VALUES && !value.isEmpty()) {
                values.add(value);
            }
        }
        complete |= key.equals("end");
    }

    /** Takes the next bytes of a stream. */
    public void read(boolean ofStderr, byte[] bytes) {
        streams.read(ofStderr, bytes);
    }

    /** Whether the script has ended. Nothing that comes after it counts. */
    public boolean complete() {
        return complete;
    }

    /** Whether there is so much other output that reading is given up. */
    public boolean tooLong() {
        return streams.isBroken() || streams.noise() + said > MOST_NOISE;
    }

    /** A line that is not the script's, from stderr if there is one; empty where there was none. */
    public String lastForeignLine() {
        return streams.lastForeignLine();
    }

    /** The first value of a key. */
    public Optional<String> value(String key) {
        return values(key).stream().findFirst();
    }

    /** All values of a key. */
    public List<String> values(String key) {
        return List.copyOf(facts.getOrDefault(key, List.of()));
    }

    /** The first value of a key, where it is a whole number, 0 or more. */
    public OptionalLong number(String key) {
        Optional<String> text = value(key).filter(value -> value.matches("[0-9]{1,18}"));
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text.get()));
    }
}
