package org.jetfanout.runner.described;

import java.util.List;
import java.util.function.Predicate;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.LineMeaning.Level;
import org.jetfanout.runner.LineReader;
import org.jetfanout.runner.described.LineRule.Kind;
import org.jetfanout.runner.described.LineRules.Meaning;
import org.jetfanout.runner.events.PlainLineReader;

/**
 * Finds the host that each line of a runner's output is about: by its rules, or by the name before
 * a colon. Not thread-safe.
 */
final class DescribedLineReader implements LineReader {
    private final LineRules rules;
    private final LineReader named;

    /**
     * @param known the hosts whose names may stand before a colon
     */
    DescribedLineReader(List<LineRule> rules, Predicate<String> known) {
        this.rules = new LineRules(rules);
        this.named = new PlainLineReader(known);
    }

    @Override
    public LineMeaning read(String line) {
        Meaning meaning = rules.read(line);
        String host = meaning.host().isEmpty() ? rules.block() : meaning.host();
        if (meaning.kind() == Kind.NOTHING) {
            LineMeaning plain = named.read(line);
            if (!plain.host().isEmpty()) {
                return plain;
            }
        }
        return switch (meaning.kind()) {
            case FAILED, UNREACHABLE -> new LineMeaning(host, Level.ERROR, false);
            case IGNORED -> new LineMeaning(host, Level.WARNING, false);
            case TASK, END -> LineMeaning.NONE;
            case OK, CHANGED, HOST, NOTHING ->
                    host.isEmpty() ? LineMeaning.NONE : new LineMeaning(host, Level.INFO, false);
        };
    }
}
