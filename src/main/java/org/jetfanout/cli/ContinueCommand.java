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

/** {@code continue}: ends a pause between two waves. */
@Command(
        name = "continue",
        mixinStandardHelpOptions = true,
        description = {
            "Ends a pause before the next wave of a run: one of 'jet-fanout pause', or of the setting 'pause'."
        })
final class ContinueCommand implements Callable<Integer> {
    @Mixin private RunArgument run;

    @Mixin private OtherInstances others;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionalInt answered =
                others.ask(run, () -> OtherInstances.question(AskedCommand.CONTINUE), false);
        if (answered.isPresent()) {
            return answered.getAsInt();
        }
        try (RunRecord record = run.open()) {
            if (Launch.isElsewhere(record)) {
                return Launch.refuseTakenOver(record);
            }
            int wave = NextWave.of(record);
            Deeds.note(record, "continued with wave " + wave);
            GateRequests.write(record.folder(), GateRequests.Kind.CONTINUE, wave);
            Main.say("run %s does not pause before wave %d".formatted(record.guid(), wave));
            return ExitCode.OK.code();
        }
    }
}
