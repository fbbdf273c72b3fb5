package org.jetfanout.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Quotes words for a POSIX shell. Only this class makes shell lines of words. Pure functions. */
public final class ShellWords {
    /**
     * Words that need no quotes. They contain no {@code =} (an assignment, if it is the first
     * word), no {@code ~}, and nothing that a shell expands.
     */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+:,./-]+");

    private ShellWords() {}

    /**
     * One word, quoted so that the shell takes it literally.
     *
     * @throws IllegalArgumentException where the word contains a NUL, which cannot be passed
     */
    public static String quote(String word) {
        if (word.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "a word for the shell must not contain a NUL" + " character");
        }
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** A shell line of these words, each taken literally. */
    public static String join(List<String> words) {
        return words.stream().map(ShellWords::quote).collect(Collectors.joining(" "));
    }

    /**
     * A shell line of these words. Each is taken literally, except for a leading {@code ~/} of a
     * program: it is the home of the user who runs the line.
     */
    public static String command(List<String> words) {
        List<String> programs = programs(words);
        return words.stream()
                .map(word -> programs.contains(word) ? program(word) : quote(word))
                .collect(Collectors.joining(" "));
    }

    /**
     * The words of a command line that must be programs: the first one, and the one after a {@code
     * --}, where it is a path ({@code op run -- /usr/bin/jetp}).
     */
    public static List<String> programs(List<String> words) {
        List<String> programs = new ArrayList<>(words.subList(0, Math.min(1, words.size())));
        int marker = words.indexOf("--");
        if (marker > 0 && marker + 1 < words.size() && words.get(marker + 1).contains("/")) {
            programs.add(words.get(marker + 1));
        }
        return programs;
    }

    /**
     * Splits a text into words as a POSIX shell does: at blanks, with {@code '…'}, {@code "…"} and
     * backslash as quotes. Nothing is expanded: {@code $} and {@code *} are ordinary characters.
     *
     * @throws IllegalArgumentException where a quote is not closed; the message says which one
     */
    public static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == '\'' || (quote == '"' && c != '\\')) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\\') {
                if (++i == text.length()) {
                    throw new IllegalArgumentException("ends with a single backslash");
                }
                char next = text.charAt(i);
                if (quote == '"' && "$`\"\\\n".indexOf(next) < 0) {
                    word.append(c);
                }
                if (next != '\n') {
                    word.append(next);
                }
                inWord = true;
            } else if (c == '\'' || c == '"') {
                quote = c;
                inWord = true;
            } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("the quote " + quote + " is not closed");
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }

    private static String program(String word) {
        return word.startsWith("~/") ? "\"$HOME\"" + quote(word.substring(1)) : quote(word);
    }
}
