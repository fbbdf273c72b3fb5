package org.jetfanout.cli;

import org.jetfanout.ConfigurationException;
import org.jetfanout.record.Assignments;
import org.jetfanout.record.RunRecord;
import org.jetfanout.status.Runs;
import picocli.CommandLine.Parameters;

/** The run of this machine that a command is about. */
final class RunArgument {
    @Parameters(
            paramLabel = "GUID",
            description =
                    "The run: its GUID, the first characters of its GUID if they are unique, or"
                            + " 'last'.")
    private String guid;

    /** Its record, to read; to be closed by the caller. */
    RunRecord open() {
        return Runs.of(System.getenv()).open(guid);
    }

    /**
     * Refuses a worker that the run has nothing for; one of a run that has no plan yet passes.
     *
     * @param worker null for all
     */
    static void checkWorker(RunRecord record, String worker) {
        if (worker == null
                || record.plan().isEmpty()
                || Assignments.of(record).hasWorker(worker)
                || record.plan().get().batches().stream()
                        .anyMatch(batch -> batch.worker().name().equals(worker))) {
            return;
        }
        throw new ConfigurationException(
                "run " + record.guid() + " has no worker '" + worker + "'");
    }
}
