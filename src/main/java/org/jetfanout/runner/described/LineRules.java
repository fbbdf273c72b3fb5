package org.jetfanout.runner.described;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import org.jetfanout.runner.described.LineRule.Kind;
import org.jetfanout.runner.described.MeteredText.TooManyStepsException;
import org.jetfanout.text.Text;

/**
 * What the lines of a runner's output mean, by its rules. The first rule that matches counts.
 * Whatever a line says, reading it takes a limited number of steps. Not thread-safe.
 */
final class LineRules {
    private final List<LineRule> rules;

    // Mutable state: the host whose block has begun; empty for none
    private String block = "";

    /**
     * What one line means.
     *
     * @param kind NOTHING where no rule matches
     * @param host that it is about; empty for none
     * @param text the reason or the task; may be empty
     * @param isFinal whether nothing more comes for the host
     * @param tooLong the line of the description with the pattern that was not done with this line;
     *     0 as a rule
     */
    record Meaning(Kind kind, String host, String text, boolean isFinal, int tooLong) {
        private static final Meaning NONE = new Meaning(Kind.NOTHING, "", "", false, 0);
    }

    LineRules(List<LineRule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** The host whose block the last line belongs to; empty for none. */
    String block() {
        return block;
    }

    /** The meaning of the next line. */
    Meaning read(String raw) {
        String line = Text.withoutEscapes(raw);
        if (line.endsWith("\r")) {
            line = line.substring(0, line.length() - 1);
        }
        MeteredText text = new MeteredText(line);
        for (LineRule rule : rules) {
            text.refill();
            Matcher matcher = rule.match().matcher(text);
            try {
                if (matcher.find()) {
                    return meaning(rule, matcher);
                }
            } catch (TooManyStepsException | StackOverflowError e) {
                // a pattern may also need more stack than there is
                return new Meaning(Kind.NOTHING, "", "", false, rule.line());
            }
        }
        return Meaning.NONE;
    }

    private Meaning meaning(LineRule rule, Matcher matcher) {
        Kind kind = rule.kind();
        String host =
                kind.isAboutHost()
                        ? rule.host().map(template -> filled(template, matcher)).orElse(block)
                        : "";
        if (kind == Kind.HOST) {
            block = host;
        }
        Optional<Template> said = kind == Kind.TASK ? rule.task() : rule.reason();
        return new Meaning(
                kind,
                host,
                said.map(template -> filled(template, matcher)).orElse(""),
                rule.isFinal(),
                0);
    }

    private static String filled(Template template, Matcher matcher) {
        return template.fillOrEmpty(group -> group(matcher, group));
    }

    /** What a named group matched; a part that is not in the line has no value. */
    private static Optional<String> group(Matcher matcher, String name) {
        return Optional.ofNullable(matcher.group(name))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }
}
