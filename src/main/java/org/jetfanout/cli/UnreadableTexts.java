package org.jetfanout.cli;

import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.text.Quoted;

/**
 * Finds texts that Java could not read at start-up: bytes of arguments, environment variables and
 * the name of the current folder that are invalid in Java's locale. The original bytes are lost by
 * then, so such texts are refused.
 */
final class UnreadableTexts {
    private static final String UTF_8 = "UTF-8";

    /** Java puts this character in the place of bytes that it cannot read. */
    private static final char UNREADABLE = '\ufffd';

    /** Options whose values may be secrets. */
    private static final Set<String> SECRET = Set.of("-e", "--extra-vars");

    private final String encoding;

    /**
     * @param encoding with which this Java decodes file names
     */
    UnreadableTexts(String encoding) {
        this.encoding = encoding;
    }

    static UnreadableTexts ofThisJava() {
        return new UnreadableTexts(System.getProperty("sun.jnu.encoding", UTF_8));
    }

    /** Describes in one line what is wrong with these texts; empty where they are readable. */
    Optional<String> problem(List<String> words, Map<String, String> environment, String folder) {
        for (int i = 0; i < words.size(); i++) {
            if (isGarbled(words.get(i))) {
                boolean secret = i > 0 && SECRET.contains(words.get(i - 1));
                boolean joined = words.get(i).startsWith("-");
                return Optional.of(
                        "argument "
                                + (i + 1)
                                + (secret || joined ? "" : ", " + Quoted.of(words.get(i)) + ",")
                                + reason());
            }
        }
        if (isGarbled(folder)) {
            return Optional.of(
                    "the name of the current folder, " + Quoted.of(folder) + "," + reason());
        }
        return environment.entrySet().stream()
                .filter(variable -> isOurs(variable.getKey()) && isGarbled(variable.getValue()))
                .map(variable -> "$" + variable.getKey() + reason())
                .sorted()
                .findFirst();
    }

    /** Describes a name that cannot be the name of a file on this machine. */
    String problem(InvalidPathException e) {
        return encoding.equals(UTF_8)
                ? Quoted.of(e.getInput()) + " cannot be the name of a file: " + e.getReason()
                : "the name " + Quoted.of(e.getInput()) + reason();
    }

    private String reason() {
        return encoding.equals(UTF_8)
                ? " is not UTF-8 text"
                : " has characters that the locale does not support ("
                        + encoding
                        + "): start jet-fanout with its launcher, or set LC_ALL=C.UTF-8";
    }

    private static boolean isGarbled(String text) {
        return text.indexOf(UNREADABLE) >= 0;
    }

    /** Whether jet-fanout uses the variable as a file name or passes it on as text. */
    private static boolean isOurs(String name) {
        return name.startsWith("JET_")
                || name.startsWith("XDG_")
                || name.equals("HOME")
                || name.equals("USER")
                || name.equals("SSH_AUTH_SOCK");
    }
}
