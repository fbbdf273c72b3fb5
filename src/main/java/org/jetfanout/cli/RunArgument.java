package org.jetfanout.cli;

import org.jetfanout.ConfigurationException;
import org.jetfanout.record.Assignments;
import org.jetfanout.record.RunRecord;
import org.jetfanout.status.Runs;
import picocli.CommandLine.Parameters;

/** The argument that names a run of this machine. */
final class RunArgument {
    @Parameters(
            paramLabel = "GUID",
            description =
                    "The run: its GUID, the first characters of its GUID if they are unique, or"
                            + " 'last'.")
    private String guid;

    /** Opens the run's record for reading. The caller closes it. */
    RunRecord open() {
        return Runs.of(System.getenv()).open(guid);
    }

    /**
     * Refuses a worker that has no batch in the run. A run without a plan accepts any worker.
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
