package org.jetfanout.run;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.ConfigurationException;
import org.jetfanout.pack.Bundles;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.status.Runs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs that have ended here while their broker was away. It is told when it is back, by whatever
 * process of this machine is at a broker then, so that no other instance takes such a run over.
 */
public final class LateEnds {
    private static final Logger LOG = LoggerFactory.getLogger(LateEnds.class);

    private LateEnds() {}

    /**
     * Tells the brokers of all runs of which they do not know it. Where one is away, nothing
     * changes. It waits for brokers.
     *
     * @param runs with the records of this machine
     */
    public static void tell(Path runs) {
        for (String guid : new Runs(runs).guids()) {
            Path folder = runs.resolve(guid);
            if (Files.exists(RunFile.STILL_ANNOUNCED.in(folder))) {
                tellOf(folder);
            }
        }
    }

    private static void tellOf(Path folder) {
        try (RunRecord record = RunRecord.at(folder)) {
            record.own();
            if (record.isStillAnnounced() && record.request().isPresent()) {
                RunRequest request = RunRequest.fromRecord(record.request().get());
                Bundles bundles = new Bundles(record.file(RunFile.BUNDLES));
                LOG.info("{}", new Ownership(record, bundles).endLater(request));
            }
        } catch (RecordException | ConfigurationException e) {
            // a process works on it, or its broker.yml is not there: then somebody else tells it
            LOG.debug("{}: the broker is not told of its end: {}", folder, e.toString());
        }
    }
}
