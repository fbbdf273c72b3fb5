package org.jetfanout.cli;

import org.jetfanout.record.People;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunRecord;

/**
 * What the user of this process does with runs of others, or with earlier runs. It is noted as what
 * callers of the service do.
 */
final class Deeds {
    private Deeds() {}

    /**
     * Notes a deed. It counts although it cannot be noted.
     *
     * @param what as in {@link People}
     */
    static void note(RunRecord record, String what) {
        try {
            People.note(record.folder(), System.getProperty("user.name", "?"), what);
        } catch (RecordException e) {
            Main.say("who did this is not noted: " + e.getMessage());
        }
    }
}
