package org.jetfanout.runner.ansible.output;

import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.LineMeaning.Level;
import org.jetfanout.runner.LineReader;
import org.jetfanout.text.Text;

/**
 * Finds the host that each line of ansible's text is about, as its default, minimal and oneline
 * callbacks write it. Not thread-safe.
 */
public final class AnsibleLineReader implements LineReader {
    /** No host's name is longer. */
    private static final int LONGEST_NAME = 255;

    /** {@code ok: [web1]}, {@code fatal: [web1 -> db1]: FAILED! => …}. */
    private static final Pattern RESULT =
            Pattern.compile(
                    "(ok|changed|skipping|included|failed|fatal|rescued|ignored|unreachable|async_[a-z ]+"
                            + "|ASYNC [A-Z ]+|FAILED - RETRYING|FAILED - HANDLED)"
                            + ": \\[([^\\]]{1,600})\\](.*)",
                    Pattern.DOTALL);

    /** {@code web1 | FAILED! => …}. */
    private static final Pattern MINIMAL =
            Pattern.compile(
                    "(\\S{1,255}) \\| (SUCCESS|CHANGED|SKIPPED|FAILED|UNREACHABLE)\\b.*",
                    Pattern.DOTALL);

    /** {@code web1 : ok=4 changed=3 unreachable=0 failed=1 …}. */
    private static final Pattern RECAP =
            Pattern.compile(
                    "(\\S{1,255})\\s+: ok=\\d+\\s+changed=\\d+\\s+unreachable=(\\d+)\\s+failed=(\\d+).*");

    private static final Pattern ERROR = Pattern.compile("(ERROR! |\\[ERROR]: ).*");
    private static final Pattern WARNING = Pattern.compile("\\[(WARNING|DEPRECATION WARNING)]: .*");

    private final Predicate<String> known;

    // Mutable state
    /** The host whose result has begun and is printed over several lines; empty for none. */
    private String blockOf = "";

    private Level blockLevel = Level.INFO;

    /**
     * @param known the hosts whose blocks of lines it follows
     */
    public AnsibleLineReader(Predicate<String> known) {
        this.known = known;
    }

    @Override
    public LineMeaning read(String raw) {
        String line = Text.withoutEscapes(raw).stripTrailing();
        if (!blockOf.isEmpty()) {
            // a result in several lines ends with the brace that stands first in its line
            String host = blockOf;
            if (line.startsWith("}")) {
                blockOf = "";
                return new LineMeaning(host, blockLevel, blockLevel == Level.ERROR);
            }
            if (line.startsWith(" ") || line.isEmpty()) {
                return new LineMeaning(host, blockLevel, blockLevel == Level.ERROR);
            }
            blockOf = "";
        }
        Matcher result = RESULT.matcher(line);
        if (result.matches()) {
            return result(result.group(1), host(result.group(2)), result.group(3), line);
        }
        Matcher recap = RECAP.matcher(line);
        if (recap.matches()) {
            boolean good = isZero(recap.group(2)) && isZero(recap.group(3));
            return new LineMeaning(recap.group(1), good ? Level.INFO : Level.WARNING, false);
        }
        Matcher minimal = MINIMAL.matcher(line);
        if (minimal.matches() && known.test(minimal.group(1))) {
            boolean bad = minimal.group(2).matches("FAILED|UNREACHABLE");
            return begins(minimal.group(1), bad ? Level.ERROR : Level.INFO, line);
        }
        if (ERROR.matcher(line).matches()) {
            return new LineMeaning("", Level.ERROR, false);
        }
        if (WARNING.matcher(line).matches()) {
            return new LineMeaning("", Level.WARNING, false);
        }
        return LineMeaning.NONE;
    }

    private LineMeaning result(String word, String host, String rest, String line) {
        if (host.isEmpty() || host.length() > LONGEST_NAME) {
            return LineMeaning.NONE;
        }
        Level level =
                switch (word) {
                    case "fatal", "unreachable" -> Level.ERROR;
                    // an item of a loop: the result of the task follows
                    case "failed" -> rest.startsWith(" (item=") ? Level.WARNING : Level.ERROR;
                    case "ASYNC FAILED", "FAILED - RETRYING", "FAILED - HANDLED" -> Level.WARNING;
                    default -> Level.INFO;
                };
        return begins(host, level, line);
    }

    /** The result of a host, which goes on in further lines if it ends with an open brace. */
    private LineMeaning begins(String host, Level level, String line) {
        if (line.endsWith("=> {") && known.test(host)) {
            blockOf = host;
            blockLevel = level;
        }
        return new LineMeaning(host, level, false);
    }

    /** Without the host that a task was delegated to: {@code web1 -> db1}. */
    private static String host(String label) {
        int arrow = label.indexOf(" -> ");
        return arrow < 0 ? label : label.substring(0, arrow);
    }

    private static boolean isZero(String number) {
        return number.chars().allMatch(digit -> digit == '0');
    }
}
