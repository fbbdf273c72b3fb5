package org.jetfanout.runner.described;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with placeholders: {@code {name}}, {@code {name?}} (empty where there is no value), {@code
 * {name|text}} (this text where there is no value). {@code {{name}}} stands for {@code {name}}
 * itself, and all other braces for themselves. It is filled once: what a value says is never taken
 * for a placeholder. Immutable.
 */
final class Template {
    private static final Pattern PLACEHOLDER =
            Pattern.compile(
                    "\\{\\{([A-Za-z_][^{}]*)}}|\\{([A-Za-z_][A-Za-z0-9_.-]*)(\\?|\\|[^{}]*)?}");

    private final String source;
    private final List<Part> parts;

    /**
     * A piece of the text.
     *
     * @param text literal text; empty for a placeholder
     * @param name of the placeholder; empty for literal text
     * @param otherwise what stands there where the placeholder has no value; empty where it must
     *     have one
     * @param leftOut whether it is written with a question mark
     */
    private record Part(String text, String name, Optional<String> otherwise, boolean leftOut) {}

    private Template(String source, List<Part> parts) {
        this.source = source;
        this.parts = List.copyOf(parts);
    }

    /** The template that a text describes. */
    static Template of(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = PLACEHOLDER.matcher(text);
        int from = 0;
        while (matcher.find()) {
            literal(parts, text.substring(from, matcher.start()));
            from = matcher.end();
            if (matcher.group(1) != null) {
                literal(parts, "{" + matcher.group(1) + "}");
                continue;
            }
            String rest = matcher.group(3);
            boolean leftOut = "?".equals(rest);
            parts.add(
                    new Part(
                            "",
                            matcher.group(2),
                            rest == null
                                    ? Optional.empty()
                                    : Optional.of(leftOut ? "" : rest.substring(1)),
                            leftOut));
        }
        literal(parts, text.substring(from));
        return new Template(text, parts);
    }

    private static void literal(List<Part> parts, String text) {
        if (!text.isEmpty()) {
            parts.add(new Part(text, "", Optional.empty(), false));
        }
    }

    /** The names of its placeholders, in order. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        parts.stream().filter(part -> !part.name.isEmpty()).forEach(part -> names.add(part.name));
        return names;
    }

    /** Whether it is this one placeholder and nothing else. */
    boolean is(String name) {
        return parts.size() == 1 && parts.get(0).name.equals(name);
    }

    /**
     * The text with the values in it.
     *
     * @param values of the placeholders, by name
     * @throws MissingValueException where one that must have a value has none
     */
    String fill(Function<String, Optional<String>> values) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            text.append(
                    part.name.isEmpty()
                            ? part.text
                            : values.apply(part.name)
                                    .or(part::otherwise)
                                    .orElseThrow(() -> new MissingValueException(part.name)));
        }
        return text.toString();
    }

    /** The same, with an empty text for what has no value. */
    String fillOrEmpty(Function<String, Optional<String>> values) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            text.append(
                    part.name.isEmpty()
                            ? part.text
                            : values.apply(part.name).or(part::otherwise).orElse(""));
        }
        return text.toString();
    }

    /**
     * The value of the placeholder, as it is, where the template is one placeholder; otherwise the
     * text. Empty where it is one placeholder with a question mark that has no value.
     *
     * @throws MissingValueException where one that must have a value has none
     */
    Optional<Object> value(Function<String, Optional<Object>> values) {
        if (parts.size() == 1 && !parts.get(0).name.isEmpty()) {
            Part part = parts.get(0);
            Optional<Object> value = values.apply(part.name);
            if (value.isPresent() || part.leftOut) {
                return value;
            }
        }
        return Optional.of(fill(name -> values.apply(name).map(String::valueOf)));
    }

    /** The text that describes it. */
    @Override
    public String toString() {
        return source;
    }

    /** A placeholder that must have a value has none. */
    static final class MissingValueException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String placeholder;

        MissingValueException(String placeholder) {
            super("no value for {" + placeholder + "}");
            this.placeholder = placeholder;
        }

        String placeholder() {
            return placeholder;
        }
    }
}
