package org.jetfanout.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jetfanout.screen.ScreenOptions;
import org.jetfanout.site.inventory.HostRanges;
import picocli.CommandLine.Option;

/** How a run is shown. */
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

    /** The flag that makes standard output something for programs; empty where it is not given. */
    Optional<String> ofStdout() {
        return json ? Optional.of("--json") : Optional.empty();
    }

    /** For a run with its record in this folder. */
    ScreenOptions options(Path record) {
        return new ScreenOptions(json, quiet, Optional.ofNullable(lines), record, HostRanges::fold);
    }
}
