package org.jetfanout.record;

import java.io.IOException;
import java.nio.file.Path;
import org.jetfanout.machine.PrivateFiles;

/** Reads and writes whole files of a run record. Errors become a {@link RecordException}. */
final class RecordFiles {
    private RecordFiles() {}

    /** As {@link PrivateFiles#replace}. */
    static void replace(Path file, boolean durable, PrivateFiles.Content content) {
        try {
            PrivateFiles.replace(file, durable, content);
        } catch (IOException e) {
            throw RecordException.writing(file, e);
        }
    }

    /** As {@link PrivateFiles#syncFolder}. */
    static void syncFolder(Path folder) {
        try {
            PrivateFiles.syncFolder(folder);
        } catch (IOException e) {
            throw RecordException.writing(folder, e);
        }
    }
}
