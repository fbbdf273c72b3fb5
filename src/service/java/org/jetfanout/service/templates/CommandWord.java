package org.jetfanout.service.templates;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * A word of a template's command, with places for variables: {@code version={version}}. However odd
 * a value is, the word stays one word, and of the kind that the template says. Immutable.
 */
final class CommandWord {
    /** {@code {name}}; within more braces it is an expression of the runner's, and stays. */
    private static final Pattern PLACE =
            Pattern.compile("(?<!\\{)\\{([A-Za-z_][A-Za-z0-9_]{0,63})\\}(?!\\})");

    /** The words that begin with these are options, or name files to be read. */
    private static final String SPECIAL = "-@";

    /** What would end a value where a runner reads pairs {@code a=b c="d"}. */
    private static final Pattern ENDS_VALUE = Pattern.compile("[\\s\"'\\\\]");

    private final List<Part> parts;
    private final Kind kind;

    /** Who reads the word, after the shell that there is none of. */
    enum Kind {
        /** Nobody further. */
        PLAIN,

        /** A JSON object: a value is a part of a JSON text. */
        JSON,

        /** Ansible: pairs, separated by blanks. */
        PAIRS
    }

    /** A text as it is, or the name of a variable. */
    private record Part(String text, boolean variable) {}

    private CommandWord(List<Part> parts, Kind kind) {
        this.parts = List.copyOf(parts);
        this.kind = kind;
    }

    /**
     * Reads a word.
     *
     * @param variables that the template has
     * @param kind who reads it
     */
    static CommandWord read(YamlValue value, Set<String> variables, Kind kind) {
        String text = value.text("a word of the command");
        List<Part> parts = new ArrayList<>();
        Matcher place = PLACE.matcher(text);
        int from = 0;
        while (place.find()) {
            String name = place.group(1);
            if (!variables.contains(name)) {
                throw value.error(
                        "the template has no variable %s%s. For the text itself, write '{{%s}}' where the runner reads it, or another word"
                                .formatted(
                                        Quoted.of(name), NearestName.hint(name, variables), name));
            }
            if (place.start() > from) {
                parts.add(new Part(text.substring(from, place.start()), false));
            }
            parts.add(new Part(name, true));
            from = place.end();
        }
        if (from < text.length() || parts.isEmpty()) {
            parts.add(new Part(text.substring(from), false));
        }
        return new CommandWord(parts, kind);
    }

    /** The variables in it. */
    List<String> variables() {
        return parts.stream().filter(Part::variable).map(Part::text).toList();
    }

    /** What the template itself writes: {@code version=…}. */
    boolean isPlainly(String text) {
        return parts.size() == 1 && !parts.get(0).variable && parts.get(0).text.equals(text);
    }

    /** The word with values. */
    String with(Map<String, String> values) {
        StringBuilder word = new StringBuilder();
        parts.forEach(
                part ->
                        word.append(
                                part.variable
                                        ? inWord(values.getOrDefault(part.text, ""))
                                        : part.text));
        return word.toString();
    }

    private String inWord(String value) {
        return kind == Kind.JSON
                ? String.valueOf(JsonStringEncoder.getInstance().quoteAsString(value))
                : value;
    }

    /** What is wrong with the word that values make, and with which variable. */
    Optional<Map.Entry<String, String>> trouble(Map<String, String> values) {
        if (variables().isEmpty()) {
            return Optional.empty();
        }
        String word = with(values);
        String first = variables().get(0);
        if (word.isEmpty()) {
            return Optional.of(Map.entry(first, "must not be empty: it is a whole word"));
        }
        if (kind == Kind.PAIRS) {
            for (String name : variables()) {
                if (ENDS_VALUE.matcher(values.getOrDefault(name, "")).find()) {
                    return Optional.of(
                            Map.entry(
                                    name,
                                    "must not have blanks, quotes or backslashes (Ansible would read"
                                            + " more variables from it; a template that writes -e as"
                                            + " JSON can take them)"));
                }
            }
        }
        boolean begins = parts.get(0).variable;
        if (begins && SPECIAL.indexOf(word.charAt(0)) >= 0) {
            return Optional.of(
                    Map.entry(
                            first, "must not begin with " + word.charAt(0) + ": it begins a word"));
        }
        return Optional.empty();
    }
}
