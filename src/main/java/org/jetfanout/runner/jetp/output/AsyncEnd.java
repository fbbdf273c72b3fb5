package org.jetfanout.runner.jetp.output;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.runner.PlainText;

/**
 * How a Jetpack with {@code --async} ended: after a play in which hosts failed, it ends, and it has
 * no event for hosts that it could not connect to. Its text names them and says how many they are.
 * Hosts can print such lines too, so they count only where the number is right. Memory is bounded
 * by the number of hosts. Not thread-safe.
 */
final class AsyncEnd {
    /** The last line. */
    private static final Pattern FAILED = Pattern.compile("(\\d{1,9}) host\\(s\\) failed");

    /** A host's last line, on a terminal and elsewhere. */
    private static final Pattern LOST = Pattern.compile("(?:✗ Host failed|HOST FAILED): (.*)");

    private final Predicate<String> known;

    // Mutable state: the hosts that failed in the play that began last, and why
    private final Map<String, String> lost = new LinkedHashMap<>();

    /**
     * @param known whether a name is a host of the batch
     */
    AsyncEnd(Predicate<String> known) {
        this.known = known;
    }

    void take(JetpLine line) {
        switch (line.kind()) {
            case PLAY -> lost.clear();
            case ASYNC -> {
                Matcher matcher = LOST.matcher(message(line));
                if (matcher.matches() && known.test(line.host())) {
                    lost.putIfAbsent(line.host(), PlainText.line(matcher.group(1)));
                }
            }
            default -> {}
        }
    }

    private static String message(JetpLine line) {
        return line.text().substring(line.host().length() + line.mark().length());
    }

    /** Whether a line says of its host that it failed, or that it waited in vain for others. */
    static boolean isBad(JetpLine line) {
        String message = message(line);
        return message.startsWith("✗")
                || message.startsWith("FAILED ")
                || message.startsWith("HOST FAILED: ")
                || message.startsWith("BARRIER FAILED: ");
    }

    /**
     * The hosts that failed in the last play, and why; empty where Jetpack did not end after it
     * because of them, or where it is not certain which they are.
     *
     * @param last the last line
     */
    Optional<Map<String, String>> lost(String last) {
        Matcher matcher = FAILED.matcher(last);
        return matcher.matches() && Integer.parseInt(matcher.group(1)) == lost.size()
                ? Optional.of(lost)
                : Optional.empty();
    }
}
