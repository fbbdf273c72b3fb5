package org.jetfanout.logs;

import java.util.Optional;
import org.jetfanout.record.RecordStream;
import org.jetfanout.record.TextLine;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.LineReader;
import org.jetfanout.runner.Runner;
import org.jetfanout.text.Redaction;
import org.jetfanout.text.Text;

/**
 * Reads the lines of a batch's text. The line itself says which host it is about, as in {@link
 * HostLineFilter}. The block of a failed command belongs to its host.
 */
final class OutputParser implements LineParser {
    private final RecordStream stream;
    private final BatchWorkers workers;
    private final Redaction.Lines redaction;
    private final LineReader lines;

    OutputParser(RecordStream stream, BatchWorkers workers, Runner runner, Redaction redaction) {
        this.stream = stream;
        this.workers = workers;
        this.redaction = redaction.lines();
        this.lines = runner.lines(host -> workers.mayName(stream.batch(), host));
    }

    @Override
    public Optional<DocumentFields> parse(TextLine line) {
        DocumentFields fields = new DocumentFields(stream, line.offset());
        fields.time = line.time();
        fields.worker = workers.worker(stream.batch(), line.time());
        fields.message = redaction.apply(Text.plain(line.text()));
        fields.cut = line.cut();
        LineMeaning meaning = lines.read(fields.message);
        fields.level =
                switch (meaning.level()) {
                    case ERROR -> "error";
                    case WARNING -> "warning";
                    case INFO -> "info";
                };
        fields.setHost(meaning.host(), workers);
        return Optional.of(fields);
    }
}
