package org.jetfanout.runner.described;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jetfanout.runner.described.LineRule.Kind;
import org.jetfanout.site.workers.Section;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.Quoted;

/** Reads and checks the key {@code output} of a description. */
final class OutputReader {
    private static final Set<String> KEYS = Set.of("events", "filter");
    private static final Set<String> RULE_KEYS =
            Set.of("match", "event", "host", "reason", "task", "final");
    private static final List<String> KINDS = Stream.of(Kind.values()).map(Kind::word).toList();
    private static final int MOST_RULES = 100;

    /** The word for a runner that writes our events itself. */
    private static final String PLAIN = "plain_events";

    private static final String PYTHONS_GROUP = "(?P<";

    private OutputReader() {}

    /** What the key says. */
    static Output read(YamlValue value) {
        if (value.isScalar()) {
            DefinitionReader.choice("output", value, List.of(PLAIN));
            return new Output(List.of(), List.of());
        }
        Section keys = new Section("output", value);
        keys.refuseUnknown(KEYS);
        Optional<YamlValue> events = keys.value("events");
        Optional<YamlValue> filter = keys.value("filter");
        if (events.isPresent() == filter.isPresent()) {
            throw value.error("output must have one of the keys events and filter");
        }
        return new Output(
                events.map(OutputReader::rules).orElse(List.of()),
                filter.map(words -> DefinitionReader.command("filter", words, true))
                        .orElse(List.of()));
    }

    private static List<LineRule> rules(YamlValue value) {
        List<LineRule> rules = new ArrayList<>();
        for (YamlValue item : value.sequence("events")) {
            rules.add(rule(item));
        }
        if (rules.isEmpty() || rules.size() > MOST_RULES) {
            throw value.error("events must have from 1 to " + MOST_RULES + " rules");
        }
        boolean blocks = rules.stream().anyMatch(rule -> rule.kind() == Kind.HOST);
        for (int i = 0; i < rules.size(); i++) {
            Kind kind = rules.get(i).kind();
            if (kind.isAboutHost()
                    && rules.get(i).host().isEmpty()
                    && (!blocks || kind == Kind.HOST)) {
                throw value.sequence("events")
                        .get(i)
                        .error(
                                "the rule does not say which host a line is about: match must have"
                                        + " a group (?<host>…), or another rule must have 'event:"
                                        + " host'");
            }
        }
        return rules;
    }

    private static LineRule rule(YamlValue item) {
        Section keys = new Section("a rule of events", item);
        keys.refuseUnknown(RULE_KEYS);
        YamlValue match = required(item, keys, "match");
        Pattern pattern = pattern(match);
        Kind kind =
                Kind.valueOf(
                        DefinitionReader.choice("event", required(item, keys, "event"), KINDS)
                                .toUpperCase(Locale.ROOT));
        return new LineRule(
                item.line(),
                pattern,
                kind,
                part(keys, "host", pattern, kind.isAboutHost(), kind),
                part(keys, "reason", pattern, kind.hasReason(), kind),
                part(keys, "task", pattern, kind == Kind.TASK, kind),
                isFinal(keys, kind));
    }

    private static boolean isFinal(Section keys, Kind kind) {
        Optional<YamlValue> value = keys.value("final");
        if (value.isPresent() && !kind.isResult()) {
            throw keys.error("final", "final has no meaning with 'event: " + kind.word() + "'");
        }
        return value.map(word -> DefinitionReader.choice("final", word, List.of("true", "false")))
                .filter("true"::equals)
                .isPresent();
    }

    private static YamlValue required(YamlValue item, Section keys, String key) {
        return keys.value(key)
                .orElseThrow(() -> item.error("a rule of events requires the key " + key));
    }

    private static Pattern pattern(YamlValue match) {
        String text = match.text("match");
        if (text.contains(PYTHONS_GROUP)) {
            throw match.error("match: write a named group as (?<name>…), not as (?P<name>…)");
        }
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw match.error(
                    "match: "
                            + Quoted.of(text)
                            + " is no regular expression: "
                            + Quoted.visible(e.getDescription())
                            + (e.getIndex() >= 0 ? " at character " + (e.getIndex() + 1) : ""));
        } catch (StackOverflowError e) {
            throw match.error("match: the regular expression is nested too deeply");
        }
    }

    /** A part of what the rule says: what its key says, or else the group of that name. */
    private static Optional<Template> part(
            Section keys, String key, Pattern pattern, boolean meant, Kind kind) {
        Optional<YamlValue> said = keys.value(key);
        if (!meant) {
            if (said.isPresent()) {
                throw keys.error(key, key + " has no meaning with 'event: " + kind.word() + "'");
            }
            return Optional.empty();
        }
        if (said.isEmpty()) {
            return hasGroup(pattern, key)
                    ? Optional.of(Template.of("{" + key + "}"))
                    : Optional.empty();
        }
        Template template = Template.of(DefinitionReader.oneLine(key, said.get()));
        for (String group : template.names()) {
            if (!hasGroup(pattern, group)) {
                throw said.get()
                        .error(key + ": match has no group (?<" + Quoted.visible(group) + ">…)");
            }
        }
        return Optional.of(template);
    }

    private static boolean hasGroup(Pattern pattern, String name) {
        // Java 17 names the groups of a match only: this one matches at once
        Matcher matcher = Pattern.compile("|" + pattern.pattern()).matcher("");
        try {
            return matcher.find() && matcher.start(name) <= 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
