package org.jetfanout.runner.jetp.output;

import java.util.function.Predicate;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.LineMeaning.Level;
import org.jetfanout.runner.LineReader;
import org.jetfanout.runner.jetp.output.JetpLine.Kind;

/** Finds the host that each line of jetp's text is about. Not thread-safe. */
public final class JetpLineReader implements LineReader {
    /** No host's name is longer. */
    private static final int LONGEST_NAME = 255;

    private final Predicate<String> known;

    // Mutable state: the host whose block has begun or may follow; empty for none
    private String blockOf = "";
    private boolean begun;

    public JetpLineReader(Predicate<String> known) {
        this.known = known;
    }

    @Override
    public LineMeaning read(String raw) {
        JetpLine line = JetpLine.of(raw);
        String host = blockOf;
        blockOf = "";
        boolean inBlock =
                !host.isEmpty() && line.kind() != Kind.RULE && (begun || line.kind() == Kind.BLOCK);
        begun = inBlock;
        if (inBlock) {
            blockOf = line.kind() == Kind.END_OF_BLOCK ? "" : host;
            return new LineMeaning(host, Level.ERROR, true);
        }
        if (line.kind() == Kind.PANIC) {
            return new LineMeaning("", Level.ERROR, false);
        }
        host = line.host();
        if (!line.isAboutHost() || host.length() > LONGEST_NAME) {
            return LineMeaning.NONE;
        }
        blockOf = line.failed() && known.test(host) ? host : "";
        return new LineMeaning(host, level(line), false);
    }

    private static Level level(JetpLine line) {
        return switch (line.kind()) {
            case ERROR, UNREACHED -> Level.ERROR;
            case BAD_STATE -> line.failed() ? Level.ERROR : Level.WARNING;
            case ASYNC -> AsyncEnd.isBad(line) ? Level.ERROR : Level.INFO;
            default -> Level.INFO;
        };
    }
}
