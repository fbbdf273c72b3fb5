package org.jetfanout.service.runs;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jetfanout.service.config.ServiceConfig;

/**
 * The runs that this service carries out, and what may be done with any run of this machine. What
 * is accepted is on the disk before its GUID is given away. Thread-safe.
 */
public final class RunStarts implements AutoCloseable {
    private RunStarts() {}

    /**
     * Reads what an earlier process has left: waiting starts wait again, and its runs go on as soon
     * as {@link #begin} is called.
     *
     * @param runs the folder with the records
     * @param state the folder of the service
     */
    public static RunStarts open(ServiceConfig config, Path runs, Path state) throws IOException {
        return new RunStarts();
    }

    /** Begins to carry out what waits, and resumes what an earlier process has left. */
    public void begin() {
        throw new UnsupportedOperationException();
    }

    /**
     * Starts a run, now or when it is its turn.
     *
     * @throws org.jetfanout.ConfigurationException where something is wrong with the words; the
     *     message is one line
     * @throws TemplateBusyException where only one run of the template may be
     * @throws QueueFullException where too many wait
     * @throws KeyInUseException where its key was used for another start
     */
    public Started start(StartRequest request) {
        throw new UnsupportedOperationException();
    }

    /**
     * Starts a run for hosts of an earlier one of this machine.
     *
     * @throws NotNowException where it has no such hosts
     */
    public Started rerun(String guid, RerunSelection selection, String who) {
        throw new UnsupportedOperationException();
    }

    /**
     * Ends the jobs of a run, of this service or of another process, or takes a start from the
     * queue. Does not wait.
     *
     * @throws NotNowException where it has ended
     */
    public void cancel(String guid, String who) {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes up a run that no process works on any more.
     *
     * @throws NotNowException where one does, or there is nothing to resume
     */
    public void resume(String guid, String who) {
        throw new UnsupportedOperationException();
    }

    /**
     * Lets a run wait before its next wave.
     *
     * @return number of that wave
     */
    public int pause(String guid, String who) {
        throw new UnsupportedOperationException();
    }

    /**
     * Ends a pause.
     *
     * @return number of the wave that may begin
     */
    public int goOn(String guid, String who) {
        throw new UnsupportedOperationException();
    }

    /**
     * Approves the wave that a run waits for. A run whose process has ended at the gate goes on.
     *
     * @return number of that wave
     */
    public int approve(String guid, String who) {
        throw new UnsupportedOperationException();
    }

    /** The starts that wait, in the order of their turns. */
    public List<Waiting> waiting() {
        throw new UnsupportedOperationException();
    }

    /** How many runs go on in this process. */
    public int running() {
        return 0;
    }

    /**
     * Is told of each run of this service that has ended, at least once, also after a restart. Call
     * it before {@link #begin}.
     */
    public void onEnd(Consumer<EndedRun> told) {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes nothing new, and waits for the runs. What has not ended by then is left: the next
     * process resumes it.
     *
     * @return whether all have ended
     */
    public boolean drain(Duration longest) throws InterruptedException {
        return true;
    }

    /** Leaves what goes on. */
    @Override
    public void close() {}
}
