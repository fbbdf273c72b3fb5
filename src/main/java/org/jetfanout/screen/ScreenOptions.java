package org.jetfanout.screen;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jetfanout.machine.StandardOutput;
import org.jetfanout.status.Progress;

/**
 * How a run is to be shown.
 *
 * @param json one JSON object a record, for programs
 * @param quiet only the GUID and the summary
 * @param lines whether output lines are shown; not set: without a terminal they are, in the live
 *     view they are not
 * @param record folder of the run record, for the summary
 * @param fold makes ranges of host names, for the summary
 * @param advice whether the summary says what to do next
 * @param errorOnly whether standard output is for something else: all is shown on standard error
 */
public record ScreenOptions(
        boolean json,
        boolean quiet,
        Optional<Boolean> lines,
        Path record,
        Function<Collection<String>, String> fold,
        boolean advice,
        boolean errorOnly) {
    /** With advice, on standard output and error. */
    public ScreenOptions(
            boolean json,
            boolean quiet,
            Optional<Boolean> lines,
            Path record,
            Function<Collection<String>, String> fold) {
        this(json, quiet, lines, record, fold, true, false);
    }

    /** The same, but the summary keeps to what has happened. */
    public ScreenOptions withoutAdvice() {
        return new ScreenOptions(json, quiet, lines, record, fold, false, errorOnly);
    }

    /** The same, but nothing is shown on standard output. */
    public ScreenOptions onErrorOnly() {
        return new ScreenOptions(json, quiet, lines, record, fold, advice, true);
    }

    /**
     * The screen on standard output and error of this process. The live view is drawn on standard
     * error where that is a terminal, unless {@code NO_COLOR} is set or {@code TERM} is empty or
     * {@code dumb}.
     *
     * @param progress how the run stands: hears of the run before the screen does
     */
    public Screen open(Map<String, String> environment, Progress progress) {
        OutputStream err = new FileOutputStream(FileDescriptor.err);
        return open(
                environment,
                Terminal.isTerminal(errorOnly ? 2 : 1),
                Terminal.isTerminal(2),
                errorOnly ? err : StandardOutput.stream(),
                err,
                progress);
    }

    Screen open(
            Map<String, String> environment,
            boolean terminalOut,
            boolean terminalErr,
            OutputStream out,
            OutputStream err,
            Progress progress) {
        Clock clock = Clock.system(ZoneId.systemDefault());
        if (json) {
            return new JsonScreen(out, clock);
        }
        if (quiet) {
            return new QuietScreen(out, err, this);
        }
        String term = environment.getOrDefault("TERM", "");
        boolean able = !term.isEmpty() && !term.equals("dumb");
        boolean colour = able && environment.getOrDefault("NO_COLOR", "").isEmpty();
        if (terminalErr && colour) {
            return new LiveScreen(
                    out, err, terminalOut, this, progress, clock, () -> Terminal.size(environment));
        }
        return new PlainScreen(out, err, this, terminalOut && colour, clock);
    }
}
