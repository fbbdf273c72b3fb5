package org.jetfanout.site.inventory;

import java.util.Optional;
import org.jetfanout.text.Quoted;

/**
 * The rules for names of hosts and groups. jetp takes any text. A name becomes part of paths,
 * command lines and terminal output, so only harmless ones are accepted here.
 */
public final class InventoryNames {
    /** A file of that name must be possible: host_vars/NAME. */
    private static final int LONGEST = 255;

    private InventoryNames() {}

    /** Why this text cannot be the name of a host; empty where it can. */
    public static Optional<String> hostProblem(String name) {
        return problem(name, "a host name", true);
    }

    /** Why this text cannot be the name of a group; empty where it can. */
    public static Optional<String> groupProblem(String name) {
        return problem(name, "a group name", false);
    }

    /**
     * The name of the file in group_vars or host_vars that jetp reads for a host or group. jetp
     * removes one {@code .yml} from the name of each file.
     */
    public static String variablesFile(String name) {
        return name.endsWith(".yml") ? name + ".yml" : name;
    }

    /**
     * Makes control characters visible, and others that a terminal would not show as they are. The
     * result is safe to print and fits on one line.
     */
    public static String visible(String text) {
        return Quoted.visible(text);
    }

    private static Optional<String> problem(String name, String what, boolean host) {
        if (name.isEmpty()) {
            return Optional.of("an empty text cannot be " + what);
        }
        char first = name.charAt(0);
        if (first == '-') {
            return Optional.of(
                    refusal(name, what)
                            + "it starts with '-', so programs would read it as an option");
        }
        if (first == '.') {
            return Optional.of(
                    refusal(name, what) + "it starts with '.', and jetp ignores such files");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!allowed(c) && !(host && c == ':')) {
                return Optional.of(
                        refusal(name, what)
                                + "'"
                                + visible(name.substring(i, name.offsetByCodePoints(i, 1)))
                                + "' is not allowed: use letters, digits, . _ -"
                                + (host ? " :" : ""));
            }
        }
        if (variablesFile(name).length() > LONGEST) {
            return Optional.of(
                    refusal(name, what) + "it is longer than " + LONGEST + " characters");
        }
        return Optional.empty();
    }

    private static boolean allowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    private static String refusal(String name, String what) {
        return Quoted.of(name) + " cannot be " + what + ": ";
    }
}
