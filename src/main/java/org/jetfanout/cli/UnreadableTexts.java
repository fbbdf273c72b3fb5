package org.jetfanout.cli;

import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.text.Quoted;

/**
 * Texts that Java could not read when it started: bytes of arguments, of the environment and of the
 * current folder's name that are no text in its locale. Nobody can say any more what they were, so
 * they are refused.
 */
final class UnreadableTexts {
    private static final String UTF_8 = "UTF-8";

    /** Stands for bytes that could not be read. */
    private static final char UNREADABLE = '\ufffd';

    /** Options whose values may be secrets. */
    private static final Set<String> SECRET = Set.of("-e", "--extra-vars");

    private final String encoding;

    /**
     * @param encoding by which this Java reads names
     */
    UnreadableTexts(String encoding) {
        this.encoding = encoding;
    }

    static UnreadableTexts ofThisJava() {
        return new UnreadableTexts(System.getProperty("sun.jnu.encoding", UTF_8));
    }

    /** What is wrong with them, if anything, in one line. */
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

    /** The same for a name that cannot be one of a file here. */
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

    /** Variables that name files or are passed on as text. */
    private static boolean isOurs(String name) {
        return name.startsWith("JET_")
                || name.startsWith("XDG_")
                || name.equals("HOME")
                || name.equals("USER")
                || name.equals("SSH_AUTH_SOCK");
    }
}
