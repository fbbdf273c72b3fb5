package org.jetfanout.screen;

import java.io.OutputStream;
import java.util.List;
import org.jetfanout.record.RunEvent;
import org.jetfanout.status.RunStatus;

/** The screen that prints only the GUID, to standard output, and the summary, to standard error. */
final class QuietScreen implements Screen {
    private final ConsoleOutput out;
    private final ConsoleOutput err;
    private final ScreenOptions options;

    // Mutable state
    private volatile int unmatched;

    QuietScreen(OutputStream out, OutputStream err, ScreenOptions options) {
        this.out = new ConsoleOutput(out);
        this.err = new ConsoleOutput(err);
        this.options = options;
    }

    @Override
    public void run(String guid) {
        out.write(guid + "\n");
    }

    @Override
    public void planned(RunEvent.Planned event) {
        unmatched = event.plan().unmatched().size();
    }

    @Override
    public void summary(RunStatus status) {
        err.write(text(status, unmatched, options));
    }

    /** The summary as one text. */
    static String text(RunStatus status, int unmatched, ScreenOptions options) {
        Summary summary = new Summary(status, unmatched, options.record(), options.fold());
        List<String> lines = options.advice() ? summary.lines() : summary.facts();
        // the last of the facts says where the record is
        options.page().ifPresent(page -> lines.set(lines.size() - 1, "run: " + page));
        return String.join("\n", lines) + "\n";
    }

    @Override
    public void close() {}
}
