package org.jetfanout.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.record.RunRecord;
import org.jetfanout.run.FanOut;
import org.jetfanout.screen.Screen;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.Progress;

/** Where a run is carried out: by a process of its own, or by one that has other runs too. */
interface Surroundings {
    /** The folder with the records. */
    Path runs();

    /** How workers are reached. */
    SshSettings ssh();

    /** What standard output is used for, if it is not for records; see {@link ScreenFlags}. */
    Optional<String> ofStdout();

    /**
     * Opens the screen of the run.
     *
     * @param printing whether a sink prints on standard output
     */
    Screen screen(String guid, boolean printing, Progress progress);

    /** What the record keeps of the request, besides what its command line says. */
    Map<String, Object> startedBy();

    /**
     * Whether nobody looks at what is said: then a run that cannot begin ends with a final status.
     */
    boolean unattended();

    /** The request of a new run is stored. */
    void accepted(RunRecord record);

    /** The run begins. */
    void begin(RunRecord record, FanOut fanOut, Screen screen, SinksAndMetrics outputs);

    /** Whether somebody has asked this process to end, until now. */
    boolean interrupted();
}
