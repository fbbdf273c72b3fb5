package org.jetfanout.ssh.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;

/**
 * A line of ssh_config with a keyword.
 *
 * @param keyword in lower case
 * @param rest what follows it, as it is written
 */
public record ConfigLine(Path file, int number, String keyword, String written, String rest) {
    /** A keyword, and what follows it after blanks or one {@code =}. */
    private static final Pattern FORM =
            Pattern.compile("\\s*\"?([A-Za-z0-9]+)\"?(?:\\s*=\\s*|\\s+|$)(.*)", Pattern.DOTALL);

    /** Parses a line; empty for one without a keyword. */
    static Optional<ConfigLine> parse(Path file, int number, String line) {
        String text = line.strip();
        if (text.isEmpty() || text.startsWith("#")) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.of(new ConfigLine(file, number, "", text, ""));
        }
        String written = form.group(1);
        return Optional.of(
                new ConfigLine(
                        file,
                        number,
                        written.toLowerCase(Locale.ROOT),
                        written,
                        form.group(2).strip()));
    }

    /** An error with the line's place and keyword. */
    public ConfigurationException error(String what) {
        return ConfigurationException.at(file, number, Quoted.excerpt(written) + ": " + what);
    }

    /** The first word. */
    public String word() {
        return words().get(0);
    }

    /**
     * The words. Quotes keep blanks, a backslash keeps a quote, {@code #} ends the line.
     *
     * @throws ConfigurationException where there is no word, or a quote is not closed
     */
    List<String> words() {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < rest.length()) {
            if (isBlank(rest.charAt(at))) {
                at++;
                continue;
            }
            if (rest.charAt(at) == '#') {
                break;
            }
            StringBuilder word = new StringBuilder();
            at = word(at, word);
            words.add(word.toString());
        }
        if (words.isEmpty()) {
            throw error("a value is missing");
        }
        return words;
    }

    /** What separates words. ssh accepts no other characters. */
    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private int word(int from, StringBuilder word) {
        char quote = 0;
        int at = from;
        for (; at < rest.length(); at++) {
            char c = rest.charAt(at);
            char next = at + 1 < rest.length() ? rest.charAt(at + 1) : 0;
            boolean kept = next == '"' || next == '\'' || next == '\\';
            if (c == '\\' && (kept || (quote == 0 && next == ' '))) {
                word.append(next);
                at++;
            } else if (quote == 0 && isBlank(c)) {
                return at;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else {
                word.append(c);
            }
        }
        if (quote != 0) {
            throw error("a quote is left open");
        }
        return at;
    }

    /** A yes-or-no value. */
    boolean yes() {
        return switch (word().toLowerCase(Locale.ROOT)) {
            case "yes", "true" -> true;
            case "no", "false" -> false;
            default -> throw error("yes or no, not '" + Quoted.excerpt(word()) + "'");
        };
    }
}
