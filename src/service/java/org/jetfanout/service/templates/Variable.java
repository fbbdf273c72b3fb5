package org.jetfanout.service.templates;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.BoundedPattern;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * A variable of a template: what values a caller may give. Immutable.
 *
 * @param name as {@code {name}} in the words of the command
 * @param description for people; may be empty
 * @param type what values it takes
 * @param pattern that the whole value must match; empty for the usual rule of its type
 * @param choices the only values; empty where the type is none of choices
 * @param longest value, in characters
 * @param least number
 * @param most number
 * @param preset the value where a caller gives none
 * @param required whether a caller must give one
 * @param secret whether the value is shown nowhere
 */
public record Variable(
        String name,
        String description,
        VariableType type,
        Optional<BoundedPattern> pattern,
        List<String> choices,
        int longest,
        Optional<BigDecimal> least,
        Optional<BigDecimal> most,
        Optional<String> preset,
        boolean required,
        boolean secret) {
    /** Characters of a value where the template names no other limit. */
    static final int USUAL_LONGEST = 200;

    private static final int LONGEST = 10_000;
    private static final int MOST_CHOICES = 1000;
    private static final int LONGEST_NUMBER = 40;

    /** A name that a command line can hold as {@code {name}}. */
    static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

    /**
     * The values of a text without a pattern. Runners split values at blanks and read quotes,
     * braces and more, and slashes lead to other files, so these take a pattern of the template's.
     */
    private static final Pattern HARMLESS =
            Pattern.compile("(?!.*\\.\\.)[\\p{L}\\p{M}\\p{N}._:+,%=-]*");

    /** A part of a path that leads elsewhere than the template says. */
    private static final Pattern UPWARDS = Pattern.compile("(?:^|/)\\.\\.(?:/|$)");

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");

    /** What runners' templates begin with: a value is data for them, too. */
    private static final List<String> EXPRESSIONS = List.of("{{", "{%", "{#");

    private static final Set<String> KEYS =
            new TreeSet<>(
                    Set.of(
                            "description",
                            "type",
                            "pattern",
                            "choices",
                            "max_length",
                            "min",
                            "max",
                            "default",
                            "required",
                            "secret"));

    /** Copies the list. */
    public Variable {
        choices = List.copyOf(choices);
    }

    /** Reads a variable of a template. */
    static Variable read(YamlValue.Entry entry) {
        String name = entry.name();
        String what = "variable " + Quoted.of(name);
        if (!NAME.matcher(name).matches()) {
            throw entry.key()
                    .error(
                            "the name of a variable must be a word of letters, digits and _, not "
                                    + Quoted.of(name));
        }
        Map<String, YamlValue> keys =
                entry.value().isNull() ? Map.of() : ServiceConfig.keys(entry.value(), what, KEYS);
        VariableType type = type(keys, what);
        boolean secret = flag(keys, "secret", false);
        Optional<String> preset =
                Optional.ofNullable(keys.get("default")).map(value -> value.text("default"));
        Variable variable =
                new Variable(
                        name,
                        keys.containsKey("description")
                                ? keys.get("description").text("description")
                                : "",
                        type,
                        pattern(keys, type),
                        choices(keys, type, what, entry),
                        keys.containsKey("max_length")
                                ? keys.get("max_length").integer("max_length", 1, LONGEST)
                                : USUAL_LONGEST,
                        number(keys, "min", type),
                        number(keys, "max", type),
                        preset,
                        flag(keys, "required", preset.isEmpty()),
                        secret);
        if (secret && preset.isPresent()) {
            throw keys.get("default")
                    .error(what + " is secret: a default in this file would not be");
        }
        preset.flatMap(variable::trouble)
                .ifPresent(
                        trouble -> {
                            throw keys.get("default").error("the default " + trouble);
                        });
        return variable;
    }

    private static VariableType type(Map<String, YamlValue> keys, String what) {
        YamlValue value = keys.get("type");
        if (value == null) {
            return keys.containsKey("choices") ? VariableType.CHOICE : VariableType.TEXT;
        }
        String word = value.text("type");
        return VariableType.of(word)
                .orElseThrow(
                        () ->
                                value.error(
                                        "the type of %s is %s, not %s%s"
                                                .formatted(
                                                        what,
                                                        String.join(", ", VariableType.words()),
                                                        Quoted.of(word),
                                                        NearestName.hint(
                                                                word, VariableType.words()))));
    }

    private static Optional<BoundedPattern> pattern(
            Map<String, YamlValue> keys, VariableType type) {
        YamlValue value = keys.get("pattern");
        if (value == null) {
            return Optional.empty();
        }
        if (type != VariableType.TEXT) {
            throw value.error("a pattern is for variables of the type text");
        }
        try {
            return Optional.of(BoundedPattern.of(value.text("pattern")));
        } catch (IllegalArgumentException e) {
            throw value.error(Quoted.visible(e.getMessage()));
        }
    }

    private static List<String> choices(
            Map<String, YamlValue> keys, VariableType type, String what, YamlValue.Entry entry) {
        YamlValue value = keys.get("choices");
        if (value == null) {
            if (type == VariableType.CHOICE) {
                throw entry.key().error(what + " needs 'choices:', a list");
            }
            return List.of();
        }
        if (type != VariableType.CHOICE) {
            throw value.error("choices are for variables of the type choice");
        }
        List<String> choices = new ArrayList<>();
        for (YamlValue item : value.sequence("choices")) {
            String choice = item.text("a choice");
            if (hasControls(choice)) {
                throw item.error("a choice must not have control characters");
            }
            choices.add(choice);
        }
        if (choices.isEmpty() || choices.size() > MOST_CHOICES) {
            throw value.error("there must be a choice, and at most " + MOST_CHOICES);
        }
        return choices;
    }

    private static Optional<BigDecimal> number(
            Map<String, YamlValue> keys, String key, VariableType type) {
        YamlValue value = keys.get(key);
        if (value == null) {
            return Optional.empty();
        }
        String text = value.text(key);
        if (type != VariableType.NUMBER) {
            throw value.error(key + " is for variables of the type number");
        }
        if (!isNumber(text)) {
            throw value.error(key + " must be a number, not " + Quoted.of(text));
        }
        return Optional.of(new BigDecimal(text));
    }

    private static boolean flag(Map<String, YamlValue> keys, String key, boolean usual) {
        return keys.containsKey(key) ? ServiceConfig.flag(keys.get(key), key) : usual;
    }

    private static boolean isNumber(String text) {
        return text.length() <= LONGEST_NUMBER && NUMBER.matcher(text).matches();
    }

    private static boolean hasControls(String text) {
        return !text.equals(Quoted.visible(text));
    }

    /**
     * What is wrong with a value, to go on after the name of the variable; empty where nothing is.
     */
    Optional<String> trouble(String value) {
        if (value.codePointCount(0, value.length()) > longest) {
            return Optional.of("must have at most " + longest + " characters");
        }
        if (hasControls(value)) {
            return Optional.of("must be one line without control characters");
        }
        if (EXPRESSIONS.stream().anyMatch(value::contains)) {
            return Optional.of("must not have " + String.join(", ", EXPRESSIONS));
        }
        if (type == VariableType.TEXT && UPWARDS.matcher(value).find()) {
            return Optional.of("must not lead to a folder above (..)");
        }
        return switch (type) {
            case TEXT -> textTrouble(value);
            case NUMBER -> numberTrouble(value);
            case BOOL ->
                    value.equals("true") || value.equals("false")
                            ? Optional.empty()
                            : Optional.of("must be true or false" + not(value));
            case CHOICE ->
                    choices.contains(value)
                            ? Optional.empty()
                            : Optional.of("must be one of its choices" + not(value));
        };
    }

    private Optional<String> textTrouble(String value) {
        if (pattern.isEmpty()) {
            return HARMLESS.matcher(value).matches()
                    ? Optional.empty()
                    : Optional.of(
                            "must have letters, digits and . _ : + , %% = - only, and no .. (other characters take a 'pattern:' of the template)%s"
                                    .formatted(not(value)));
        }
        try {
            return pattern.get().matches(value)
                    ? Optional.empty()
                    : Optional.of("must match " + Quoted.of(pattern.get().toString()) + not(value));
        } catch (BoundedPattern.TooSlow e) {
            return Optional.of("cannot be checked: its pattern takes too long with this value");
        }
    }

    private Optional<String> numberTrouble(String value) {
        if (!isNumber(value)) {
            return Optional.of("must be a number such as 5 or -0.5" + not(value));
        }
        BigDecimal number = new BigDecimal(value);
        if (least.isPresent() && number.compareTo(least.get()) < 0) {
            return Optional.of("must be at least " + least.get().toPlainString() + not(value));
        }
        if (most.isPresent() && number.compareTo(most.get()) > 0) {
            return Optional.of("must be at most " + most.get().toPlainString() + not(value));
        }
        return Optional.empty();
    }

    private String not(String value) {
        return secret ? "" : ", not " + Quoted.of(value);
    }
}
