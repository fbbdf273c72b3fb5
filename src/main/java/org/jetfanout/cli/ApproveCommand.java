package org.jetfanout.cli;

import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jetfanout.ExitCode;
import org.jetfanout.question.AskedCommand;
import org.jetfanout.record.RunRecord;
import org.jetfanout.rollout.GateRequests;
import org.jetfanout.run.SinkRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code approve}: lets the next wave of a run begin, also where no process works on the run. */
@Command(
        name = "approve",
        mixinStandardHelpOptions = true,
        description = {
            "Approves the next wave of a run that waits for it.",
            "If the process of the run has ended at the gate (--leave-at-gate), this one continues the run."
        })
final class ApproveCommand implements Callable<Integer> {
    @Mixin private RunArgument run;

    @Option(
            names = "--detach",
            description = "If this process continues the run, do it in the background.")
    private boolean detach;

    @Mixin private ScreenFlags screen;

    @Mixin private OtherInstances others;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionalInt answered =
                others.ask(
                        run,
                        () -> OtherInstances.question(AskedCommand.APPROVE).flag("--detach", true),
                        false);
        if (answered.isPresent()) {
            return answered.getAsInt();
        }
        try (RunRecord record = run.open()) {
            if (Launch.isElsewhere(record)) {
                return Launch.refuseTakenOver(record);
            }
            int wave = NextWave.awaitingApproval(record);
            Deeds.note(record, "approved wave " + wave);
            GateRequests.write(record.folder(), GateRequests.Kind.APPROVE, wave);
            if (record.isOwned()) {
                Main.say(
                        "approved wave %d of run %s; process %s continues it"
                                .formatted(
                                        wave,
                                        record.guid(),
                                        record.ownerPid().map(String::valueOf).orElse("?")));
                return ExitCode.OK.code();
            }
            Main.say("approved wave %d of run %s".formatted(wave, record.guid()));
            if (detach) {
                Background.start(record.folder());
                return ExitCode.OK.code();
            }
            return new Launch(screen).resume(record, SinkRequest.NONE, false);
        }
    }
}
