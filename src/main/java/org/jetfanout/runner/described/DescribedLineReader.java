package org.jetfanout.runner.described;

import java.util.List;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.LineMeaning.Level;
import org.jetfanout.runner.LineReader;
import org.jetfanout.runner.described.LineRules.Meaning;

/** Finds the host that each line of a runner's output is about, by its rules. Not thread-safe. */
final class DescribedLineReader implements LineReader {
    private final LineRules rules;

    DescribedLineReader(List<LineRule> rules) {
        this.rules = new LineRules(rules);
    }

    @Override
    public LineMeaning read(String line) {
        Meaning meaning = rules.read(line);
        String host = meaning.host().isEmpty() ? rules.block() : meaning.host();
        return switch (meaning.kind()) {
            case FAILED, UNREACHABLE -> new LineMeaning(host, Level.ERROR, false);
            case IGNORED -> new LineMeaning(host, Level.WARNING, false);
            case TASK, END -> LineMeaning.NONE;
            case OK, CHANGED, HOST, NOTHING ->
                    host.isEmpty() ? LineMeaning.NONE : new LineMeaning(host, Level.INFO, false);
        };
    }
}
