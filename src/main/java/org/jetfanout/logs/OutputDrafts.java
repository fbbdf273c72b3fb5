package org.jetfanout.logs;

import java.util.Optional;
import org.jetfanout.record.Place;
import org.jetfanout.record.TextLine;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.LineReader;
import org.jetfanout.runner.Runner;
import org.jetfanout.text.Redaction;
import org.jetfanout.text.Text;

/**
 * The lines of a batch's text. Which host a line is about is what the line says, as in {@link
 * AboutHosts}; the block of a failed command belongs to its host.
 */
final class OutputDrafts implements Drafts {
    private final Place place;
    private final BatchWorkers workers;
    private final Redaction.Lines redaction;
    private final LineReader lines;

    OutputDrafts(Place place, BatchWorkers workers, Runner runner, Redaction redaction) {
        this.place = place;
        this.workers = workers;
        this.redaction = redaction.lines();
        this.lines = runner.lines(host -> workers.isOf(place.batch(), host));
    }

    @Override
    public Optional<Draft> of(TextLine line) {
        Draft draft = new Draft(place, line.offset());
        draft.time = line.time();
        draft.worker = workers.worker(place.batch(), line.time());
        draft.message = redaction.apply(Text.plain(line.text()));
        draft.cut = line.cut();
        LineMeaning meaning = lines.read(draft.message);
        draft.level =
                switch (meaning.level()) {
                    case ERROR -> "error";
                    case WARNING -> "warning";
                    case INFO -> "info";
                };
        draft.about(meaning.host(), workers);
        return Optional.of(draft);
    }
}
