package org.jetfanout.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jetfanout.ExitCode;
import org.jetfanout.dispatch.TakenOverException;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.StoredResults;
import org.jetfanout.run.FanOut;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.jetp.GatewayEvents;
import org.jetfanout.screen.Screen;
import org.jetfanout.status.Progress;
import org.jetfanout.status.RunStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Carries out a run in this process to its end: its log, sinks and exit code. */
final class Execution {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

    private final RunRecord record;
    private final Progress progress;
    private final Screen screen;
    private final SinksAndMetrics outputs;
    private final Surroundings surroundings;

    /**
     * @param record owned by this process
     * @param screen has shown the GUID already
     * @param outputs open, but not shipping yet
     */
    Execution(
            RunRecord record,
            Progress progress,
            Screen screen,
            SinksAndMetrics outputs,
            Surroundings surroundings) {
        this.record = record;
        this.progress = progress;
        this.screen = screen;
        this.outputs = outputs;
        this.surroundings = surroundings;
    }

    /** What this process does with a fan-out, until the fan-out has ended. */
    @FunctionalInterface
    interface Work {
        RunStatus of(FanOut fanOut) throws IOException;
    }

    /** Carries out the work and waits for the sinks. Returns the program's exit code. */
    int run(Work work) throws IOException {
        Logging.toFile(record.file(RunFile.LOG), record.guid());
        MDC.put("JetGuid", record.guid());
        FanOut fanOut = new FanOut(record, progress, screen, surroundings.ssh(), Main::say);
        surroundings.begin(record, fanOut, screen, outputs);
        RunStatus status;
        try {
            outputs.start(record, progress::snapshot);
            status = work.of(fanOut);
        } catch (TakenOverException e) {
            screen.close();
            Main.say(e.getMessage());
            return ExitCode.TAKEN_OVER.code();
        } catch (IOException | UncheckedIOException e) {
            LOG.error("the run was interrupted", e);
            screen.close();
            Main.say(
                    e.getMessage()
                            + "; the run record is safe, and jobs continue on the workers."
                            + " Correct the problem, then run: jet-fanout resume "
                            + record.guid());
            return ExitCode.INTERNAL.code();
        }
        // a Ctrl-C during the wait for sinks does not count as an interruption of the run
        boolean interrupted = surroundings.interrupted();
        status = shipped(status);
        screen.summary(status);
        tellOuterRun();
        return interrupted
                ? ExitCode.INTERRUPTED.code()
                : status.exitCode().orElse(ExitCode.INTERNAL.code());
    }

    /**
     * Where this process is the runner of another jet-fanout: its hosts have results there, too.
     */
    private void tellOuterRun() throws IOException {
        Optional<GatewayEvents> outer = GatewayEvents.open(System.getenv(), record.guid());
        if (outer.isPresent()) {
            try (GatewayEvents events = outer.get()) {
                StoredResults results = record.results();
                for (String batch : results.batches()) {
                    for (HostResult host : results.hosts(batch)) {
                        events.result(host);
                    }
                }
            }
        }
    }

    /** Waits for the sinks. Returns the status with the state of the sinks after that. */
    private RunStatus shipped(RunStatus status) {
        boolean whole = record.summary().isPresent();
        try {
            outputs.finish(record, whole);
            RunStatus now = status.withSinks(record.sinks().statuses());
            if (whole) {
                record.storeSummary(now::writeTo);
            }
            return now;
        } catch (UncheckedIOException e) {
            // a failure here does not change the run's own result, which is stored
            Main.say(
                    e.getMessage()
                            + "; correct the problem, then run: jet-fanout logs "
                            + record.guid()
                            + " --ship");
            return status;
        }
    }
}
