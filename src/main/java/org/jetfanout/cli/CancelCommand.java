package org.jetfanout.cli;

import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jetfanout.ExitCode;
import org.jetfanout.dispatch.CancelRequest;
import org.jetfanout.question.AnswerEnd;
import org.jetfanout.question.AskedCommand;
import org.jetfanout.record.RunRecord;
import org.jetfanout.run.FanOut;
import org.jetfanout.status.RunStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code cancel}: ends the jobs of a run, also while another process works on the run. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        description = {
            "Cancels a run: ends its jobs on the workers and removes its queued batches.",
            "Returns when all processes of these jobs have ended."
        })
final class CancelCommand implements Callable<Integer> {
    private static final long POLL_MILLIS = 200;

    @Mixin private RunArgument run;

    @Option(
            names = "--worker",
            paramLabel = "WORKER",
            description = "Cancel only the jobs on this worker.")
    private String worker;

    @Mixin private ScreenFlags screen;

    @Mixin private OtherInstances others;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionalInt answered =
                others.ask(
                        run,
                        () ->
                                OtherInstances.question(AskedCommand.CANCEL)
                                        .flag("--json", screen.isJson())
                                        .flag("--quiet", screen.isQuiet())
                                        .value("--worker", worker),
                        screen.isJson());
        if (answered.isPresent()) {
            return answered.getAsInt();
        }
        try (RunRecord record = run.open()) {
            RunStatus status = RunStatus.of(record);
            if (status.exitCode().isPresent() && status.resumable() == 0) {
                Main.say("run " + record.guid() + " has ended already");
                return ExitCode.OK.code();
            }
            RunArgument.checkWorker(record, worker);
            if (Launch.isElsewhere(record)) {
                // nothing is done, so there is nothing to note
                return Launch.refuseTakenOver(record);
            }
            Deeds.note(record, worker == null ? "cancelled" : "cancelled on " + worker);
            if (!record.isOwned() && !FanOut.maySend(record)) {
                record.own();
                record.storeSummary(
                        RunStatus.withoutPlan(record.guid(), ExitCode.INTERRUPTED)::writeTo);
                Main.say("nothing of run " + record.guid() + " was sent; it has ended now");
                return ExitCode.OK.code();
            }
            if (!record.isOwned()) {
                return new Launch(screen)
                        .cancel(
                                record,
                                batch -> worker == null || batch.worker().name().equals(worker));
            }
            CancelRequest.write(record.folder(), worker);
            Main.say(
                    "asked process "
                            + record.ownerPid().map(String::valueOf).orElse("?")
                            + " to cancel run "
                            + record.guid());
            AnswerEnd answer = AnswerEnd.watch();
            while (worker == null && record.isOwned() && !answer.reached()) {
                Thread.sleep(POLL_MILLIS);
            }
            return ExitCode.OK.code();
        }
    }
}
