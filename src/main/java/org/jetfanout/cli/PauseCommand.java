package org.jetfanout.cli;

import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jetfanout.ExitCode;
import org.jetfanout.question.AskedCommand;
import org.jetfanout.record.RunRecord;
import org.jetfanout.rollout.GateRequests;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pause}: holds a run before its next wave. */
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description = {
            "Holds a run before its next wave, until 'jet-fanout continue'.",
            "What runs now continues."
        })
final class PauseCommand implements Callable<Integer> {
    @Mixin private RunArgument run;

    @Mixin private OtherInstances others;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionalInt answered =
                others.ask(run, () -> OtherInstances.question(AskedCommand.PAUSE), false);
        if (answered.isPresent()) {
            return answered.getAsInt();
        }
        try (RunRecord record = run.open()) {
            if (Launch.isElsewhere(record)) {
                return Launch.refuseTakenOver(record);
            }
            int wave = NextWave.of(record);
            Deeds.note(record, "paused before wave " + wave);
            GateRequests.write(record.folder(), GateRequests.Kind.PAUSE, wave);
            Main.say(
                    "run %s will wait before wave %d. To continue it: jet-fanout continue %1$s"
                            .formatted(record.guid(), wave));
            return ExitCode.OK.code();
        }
    }
}
