package org.jetfanout.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jetfanout.screen.ScreenOptions;
import org.jetfanout.site.inventory.HostRanges;
import picocli.CommandLine.Option;

/** The flags that say how a run is shown. */
final class ScreenFlags {
    @Option(
            names = "--json",
            description = "Print one JSON object per record on stdout. The last one is the status.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print only the GUID and the summary.")
    private boolean quiet;

    @Option(
            names = "--lines",
            negatable = true,
            description =
                    "Show the output lines. They are shown by default without a terminal, and"
                            + " hidden in the live view.")
    private Boolean lines;

    /** Whether standard output is for programs. */
    boolean isJson() {
        return json;
    }

    /** Whether little is shown. */
    boolean isQuiet() {
        return quiet;
    }

    /** The flag that gives standard output to programs; empty where none was given. */
    Optional<String> ofStdout() {
        return json ? Optional.of("--json") : Optional.empty();
    }

    /** Whether the screen shows output lines. */
    boolean wantsLines() {
        return options(Path.of("")).showsLines(System.getenv());
    }

    /** The options for the screen of a run whose record is in this folder. */
    ScreenOptions options(Path record) {
        return new ScreenOptions(json, quiet, Optional.ofNullable(lines), record, HostRanges::fold);
    }
}
