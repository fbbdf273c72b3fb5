package org.jetfanout.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jetfanout.inventory.HostRanges;
import org.jetfanout.record.ScreenOptions;
import picocli.CommandLine.Option;

/** How a run is shown. */
final class ScreenFlags {
    @Option(
            names = "--json",
            description = "One JSON object a record on stdout; the last one is the status.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only the GUID and the summary.")
    private boolean quiet;

    @Option(
            names = "--lines",
            negatable = true,
            description =
                    "Show output lines (default: without a terminal yes, in the live view no).")
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
