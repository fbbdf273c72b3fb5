package org.jetfanout.screen;

import java.io.OutputStream;
import java.time.Clock;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.Frame;
import org.jetfanout.record.RunEvent;
import org.jetfanout.runner.Stream;
import org.jetfanout.status.RunStatus;

/**
 * The screen for logs and pipes. It prints the GUID and tagged output lines to standard output, and
 * the summary and a line for each change of state to standard error.
 */
final class PlainScreen implements Screen {
    private final ConsoleOutput out;
    private final ConsoleOutput err;
    private final ScreenOptions options;
    private final boolean lines;
    private final boolean colour;
    private final Clock clock;
    private final OpenLines open = new OpenLines();

    // Mutable state
    private volatile StateLine text;
    private volatile int unmatched;

    /**
     * @param colour whether output lines keep their colours
     * @param clock with the time zone in which times are printed
     */
    PlainScreen(
            OutputStream out,
            OutputStream err,
            ScreenOptions options,
            boolean colour,
            Clock clock) {
        this.out = new ConsoleOutput(out);
        this.err = new ConsoleOutput(err);
        this.options = options;
        this.lines = options.lines().orElse(true);
        this.colour = colour;
        this.clock = clock;
        this.text = new StateLine("-", clock);
    }

    @Override
    public void run(String guid) {
        text = new StateLine(guid, clock);
        out.write(guid + "\n");
    }

    @Override
    public void planned(RunEvent.Planned event) {
        Plan plan = event.plan();
        unmatched = plan.unmatched().size();
        err.write(text.planned(plan));
    }

    @Override
    public void state(RunEvent.State event) {
        err.write(text.state(event));
    }

    @Override
    public void rollout(RunEvent.Rollout event) {
        err.write(text.rollout(event.state()));
    }

    @Override
    public void output(RunEvent.Output event) {
        Frame frame = event.frame();
        if (lines && frame.stream() == Stream.OUTPUT) {
            StringBuilder tagged = new StringBuilder(frame.bytes().length * 2);
            open.add(frame, line -> StateLine.tagged(tagged, line, colour));
            out.write(tagged);
        }
    }

    @Override
    public void result(RunEvent.Result event) {
        BatchResult result = event.result();
        StringBuilder tagged = new StringBuilder();
        open.end(result.batch(), line -> StateLine.tagged(tagged, line, colour));
        out.write(tagged);
        err.write(text.result(result));
    }

    @Override
    public void summary(RunStatus status) {
        err.write(QuietScreen.text(status, unmatched, options));
    }

    @Override
    public void close() {}
}
