package org.jetfanout.record;

import java.util.Optional;
import org.jetfanout.log.Redaction;
import org.jetfanout.log.Text;
import org.jetfanout.runner.HostLine;

/**
 * The lines of a batch's text. Which host a line is about is what the line says, as in {@link
 * AboutHosts}; the block of a failed command belongs to its host.
 */
final class OutputDrafts implements Drafts {
    /** A longer name is none of a host. */
    private static final int LONGEST_NAME = 255;

    private final Place place;
    private final BatchWorkers workers;
    private final Redaction.Lines redaction;

    // Mutable state: the host whose block may follow, or has begun
    private String blockOf = "";
    private boolean begun;

    OutputDrafts(Place place, BatchWorkers workers, Redaction redaction) {
        this.place = place;
        this.workers = workers;
        this.redaction = redaction.lines();
    }

    @Override
    public Optional<Draft> of(TextLine line) {
        Draft draft = new Draft(place, line.offset());
        draft.time = line.time();
        draft.worker = workers.worker(place.batch(), line.time());
        draft.message = redaction.apply(Text.plain(line.text()));
        draft.cut = line.cut();
        about(draft);
        return Optional.of(draft);
    }

    private void about(Draft draft) {
        String text = draft.message;
        String host = blockOf;
        blockOf = "";
        if (!host.isEmpty() && (begun || HostLine.beginsBlock(text)) && !HostLine.isRule(text)) {
            begun = true;
            draft.host = host;
            draft.level = "error";
            blockOf = HostLine.endsBlock(text) ? "" : host;
            return;
        }
        begun = false;
        if (!mayMatter(text)) {
            return;
        }
        Optional<HostLine> about =
                HostLine.of(text).filter(found -> found.host().length() <= LONGEST_NAME);
        if (about.isPresent()) {
            draft.level =
                    about.get().failure() ? "error" : text.charAt(0) == '!' ? "warning" : "info";
            draft.about(about.get().host(), workers);
            blockOf = about.get().block() ? draft.host : "";
        } else if (text.startsWith("thread '") && text.contains("panicked at")) {
            draft.level = "error";
        }
    }

    /** A quick look: most lines of a talkative task are about nothing that is known here. */
    private static boolean mayMatter(String text) {
        if (text.isEmpty()) {
            return false;
        }
        return switch (text.charAt(0)) {
            case ' ', '!', '✓', '…', 't' -> true;
            default -> false;
        };
    }
}
