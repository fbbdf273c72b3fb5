package org.jetfanout.cli;

import org.jetfanout.record.RunRecord;
import picocli.CommandLine.Parameters;

/** The run of this machine that a command is about. */
final class RunArgument {
    @Parameters(
            paramLabel = "GUID",
            description = "The run: its GUID, a unique beginning of it, or 'last'.")
    private String guid;

    /** Its record, to read; to be closed by the caller. */
    RunRecord open() {
        return RunRecord.open(RunRecord.runsFolder(System.getenv()), guid);
    }
}
