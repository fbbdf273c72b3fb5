package org.jetfanout.runner.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What runs on each host. Immutable. */
public sealed interface HostTask permits CommandTask, ScriptTask, CopyTask {
    /** The word for it in the record. */
    String word();

    /** What the run record keeps of it, besides {@link #word}. */
    Map<String, Object> toRecord();

    /**
     * The same with what came from pipes kept in a folder of the run.
     *
     * @param folder of the run; created where it is missing
     */
    HostTask keptIn(Path folder) throws IOException;

    /**
     * Reads and checks what it names.
     *
     * @throws org.jetfanout.ConfigurationException where something is wrong
     */
    TaskOnHost read();
}
