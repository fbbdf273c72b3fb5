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
 * How a run is shown.
 *
 * @param json whether to print JSON records, for programs
 * @param quiet whether to print only the GUID and the summary
 * @param lines whether to show output lines; empty: the live view does not show them, other screens
 *     do
 * @param record folder of the run record, for the summary
 * @param fold makes ranges of host names, for the summary
 * @param advice whether the summary says what to do next
 * @param errorOnly whether to print everything to standard error, because standard output is used
 *     for something else
 * @param page where people see the run, for the summary, if its record is on another machine
 */
public record ScreenOptions(
        boolean json,
        boolean quiet,
        Optional<Boolean> lines,
        Path record,
        Function<Collection<String>, String> fold,
        boolean advice,
        boolean errorOnly,
        Optional<String> page) {
    /** Options with advice, and with both standard output and standard error. */
    public ScreenOptions(
            boolean json,
            boolean quiet,
            Optional<Boolean> lines,
            Path record,
            Function<Collection<String>, String> fold) {
        this(json, quiet, lines, record, fold, true, false, Optional.empty());
    }

    /** The same options, but the summary does not say what to do next. */
    public ScreenOptions withoutAdvice() {
        return new ScreenOptions(json, quiet, lines, record, fold, false, errorOnly, page);
    }

    /**
     * The same options, for a run that another machine carries out: this one cannot go on with it.
     */
    public ScreenOptions at(String page) {
        return new ScreenOptions(
                json, quiet, lines, record, fold, false, errorOnly, Optional.of(page));
    }

    /** The same options, but nothing is printed to standard output. */
    public ScreenOptions onErrorOnly() {
        return new ScreenOptions(json, quiet, lines, record, fold, advice, true, page);
    }

    /** Whether the screen that {@link #open} opens shows output lines. */
    public boolean showsLines(Map<String, String> environment) {
        return json || (!quiet && lines.orElse(!isLive(environment, Terminal.isTerminal(2))));
    }

    private static boolean isLive(Map<String, String> environment, boolean terminalErr) {
        return terminalErr && hasColour(environment);
    }

    private static boolean hasColour(Map<String, String> environment) {
        String term = environment.getOrDefault("TERM", "");
        boolean able = !term.isEmpty() && !term.equals("dumb");
        return able && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /**
     * Opens the screen on standard output and standard error of this process. It is the live view
     * where standard error is a terminal, unless {@code NO_COLOR} is set or {@code TERM} is empty
     * or {@code dumb}.
     *
     * @param progress the progress of the run; it must hear of each event before the screen does
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
        boolean colour = hasColour(environment);
        if (isLive(environment, terminalErr)) {
            return new LiveScreen(
                    out, err, terminalOut, this, progress, clock, () -> Terminal.size(environment));
        }
        return new PlainScreen(out, err, this, terminalOut && colour, clock);
    }
}
