package org.jetfanout.runner.described;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jetfanout.runner.ShellWords;

/** How the hosts of a batch are written for a runner. In the description: words in lower case. */
enum HostsFormat {
    /** The names of the hosts, one a line. */
    NAMES,
    /** Words with blanks between them, a line for each host. No word may have a blank in it. */
    WORDS,
    /** The same with tabs. */
    TABS,
    /** Words, each quoted for a POSIX shell, a line for each host. */
    SHELL,
    /** A section for each host, with a line for each setting. */
    INI,
    /** One JSON object, with an entry for each host. It is valid YAML, too. */
    JSON;

    /** Whether each host is one line of several values. */
    boolean isLines() {
        return this == WORDS || this == TABS || this == SHELL;
    }

    /** Its word in the description. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Why a value cannot be written so that the runner reads the same value; empty where it can.
     */
    Optional<String> problem(String value) {
        if (value.chars().anyMatch(Character::isISOControl) && this != JSON) {
            return Optional.of("has a control character in it, such as a tab or the end of a line");
        }
        return switch (this) {
            case WORDS -> problemOfWord(value);
            case INI -> problemOfSetting(value);
            case NAMES, TABS, SHELL, JSON -> Optional.empty();
        };
    }

    private static Optional<String> problemOfWord(String value) {
        if (value.isEmpty()) {
            return Optional.of("is empty, which 'format: words' cannot write: use tabs or shell");
        }
        return value.chars().anyMatch(HostsFormat::isBlank)
                ? Optional.of(
                        "has a blank in it, which 'format: words' cannot write: use tabs or shell")
                : Optional.empty();
    }

    private static boolean isBlank(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** Programs that read INI files do not agree on how to write these. */
    private static Optional<String> problemOfSetting(String value) {
        if (!value.equals(value.strip())) {
            return Optional.of("begins or ends with a blank, which 'format: ini' cannot write");
        }
        return value.chars().anyMatch(c -> ";#\"'\\%".indexOf(c) >= 0)
                ? Optional.of(
                        "has one of ; # % \\ \" ' in it, which INI files have no common way to"
                                + " write: use json or shell")
                : Optional.empty();
    }

    /** A line of these values. */
    String line(List<String> values) {
        return this == SHELL
                ? values.stream().map(ShellWords::quote).collect(Collectors.joining(" "))
                : String.join(this == TABS ? "\t" : " ", values);
    }
}
