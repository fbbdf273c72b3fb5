package org.jetfanout.runner;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * What the user wants done, and on which hosts: the part of a request that only its runner
 * understands. Nothing that it names is read yet. Immutable.
 */
public interface WorkRequest {
    /** The runner that does it. */
    Runner runner();

    /**
     * What the run record keeps of it, by the keys of {@code request.json}, in their order. It
     * holds no secrets. Only after {@link #keptIn}. {@link Runner#request} reads it.
     */
    Map<String, Object> toRecord();

    /**
     * The same request, with its secrets written into files of a folder: they must be neither in a
     * command line nor in the record. What came from pipes is copied there too, because otherwise
     * it disappears with this process.
     *
     * @param folder of the run; created, for its owner only, where it is missing
     */
    WorkRequest keptIn(Path folder) throws IOException;

    /**
     * The same request for some of its hosts, after its run has ended.
     *
     * @param hosts that it is limited to
     * @param extraVars variables of the user's command line, in the place of those that were
     *     removed when the run ended
     */
    WorkRequest again(List<String> hosts, List<String> extraVars);

    /**
     * Reads and checks all that it names. Nothing is sent.
     *
     * @param warnings takes warnings for people
     * @throws org.jetfanout.ConfigurationException where something is wrong; the message names the
     *     file and the line
     */
    Work read(WorkersConfig workers, Consumer<String> warnings);
}
