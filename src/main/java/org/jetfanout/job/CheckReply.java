package org.jetfanout.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jetfanout.log.Text;
import org.jetfanout.runner.PlainText;

/**
 * What a worker answers to {@link CheckScript}: facts, each a key with its values in the order in
 * which they came. The worker may say anything: unknown keys are dropped, values are made harmless
 * and cut, and there are never many. Immutable.
 */
public final class CheckReply {
    /** How much of an answer is read; more than this no honest worker has to say. */
    public static final int LONGEST = 64 << 10;

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
                    "home",
                    "jobs",
                    "free",
                    "agent",
                    "guard",
                    "key",
                    "sudo");

    private final Map<String, List<String>> facts;
    private final boolean whole;
    private final String talk;

    private CheckReply(Map<String, List<String>> facts, boolean whole, String talk) {
        this.facts = facts;
        this.whole = whole;
        this.talk = talk;
    }

    /**
     * Reads an answer.
     *
     * @param nonce of the command: a line without it is none of the script's
     * @param stdout all of the command's stdout
     * @param stderr all of its stderr, which has no facts
     */
    public static CheckReply read(String nonce, byte[] stdout, byte[] stderr) {
        String mark = "jet-fanout " + nonce + " ";
        Map<String, List<String>> facts = new HashMap<>();
        boolean whole = false;
        String talk = last(stderr);
        for (String line : Text.decode(stdout).split("\n", -1)) {
            int at = line.indexOf(mark); // a login script may leave its last line open
            if (at < 0) {
                talk = talk.isEmpty() ? PlainText.line(line) : talk;
                continue;
            }
            String fact = line.substring(at + mark.length());
            int blank = fact.indexOf(' ');
            String key = blank < 0 ? fact : fact.substring(0, blank);
            whole |= key.equals("end");
            if (KEYS.contains(key)) {
                List<String> values = facts.computeIfAbsent(key, k -> new ArrayList<>());
                String value = PlainText.line(blank < 0 ? "" : fact.substring(blank + 1));
                if (values.size() < MOST_VALUES && !value.isEmpty()) {
                    values.add(value);
                }
            }
        }
        return new CheckReply(facts, whole, talk);
    }

    private static String last(byte[] text) {
        String last = "";
        for (String line : Text.decode(text).split("\n", -1)) {
            String said = PlainText.line(line);
            last = said.isEmpty() ? last : said;
        }
        return last;
    }

    /** Whether the script came to its end. */
    public boolean whole() {
        return whole;
    }

    /** Something said that is not the script's, an error first; empty where there was nothing. */
    public String talk() {
        return talk;
    }

    /** The first value of a key. */
    public Optional<String> value(String key) {
        return values(key).stream().findFirst();
    }

    /** All values of a key. */
    public List<String> values(String key) {
        return List.copyOf(facts.getOrDefault(key, List.of()));
    }

    /** What the runner says of its version, in one line; empty where it says nothing. */
    public String version() {
        return RunnerVersion.of(String.join("\n", values("version")));
    }

    /** The first value of a key, where it is a whole number from 0 on. */
    public OptionalLong number(String key) {
        Optional<String> text = value(key).filter(value -> value.matches("[0-9]{1,18}"));
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text.get()));
    }
}
