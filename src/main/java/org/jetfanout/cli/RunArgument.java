package org.jetfanout.cli;

import java.util.List;
import java.util.Optional;
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

    /** The argument of a command line that picocli does not read. */
    static RunArgument of(String guid) {
        RunArgument argument = new RunArgument();
        argument.guid = guid;
        return argument;
    }

    /** What the user wrote. */
    String name() {
        return guid;
    }

    /** Opens the run's record for reading. The caller closes it. */
    RunRecord open() {
        return Runs.of(System.getenv()).open(guid);
    }

    /** Opens the run's record for reading; empty where it is not on this machine. */
    Optional<RunRecord> openIfHere() {
        Runs runs = Runs.of(System.getenv());
        List<String> found = runs.matching(guid);
        return found.isEmpty() ? Optional.empty() : Optional.of(runs.open(guid));
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
