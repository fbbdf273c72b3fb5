package org.jetfanout.record;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jetfanout.runner.Outcome;

/** A run that is only shown, for {@link LiveScreenIT}: goes on when the file named exists. */
final class LiveScreenProgram {
    private LiveScreenProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path go = Path.of(arguments[0]);
        ScreenOptions options =
                new ScreenOptions(
                        false,
                        false,
                        Optional.of(true),
                        Path.of("/runs/r"),
                        hosts -> String.join(",", hosts));
        try (Screen screen = options.open(System.getenv())) {
            screen.run(Fixture.GUID);
            screen.planned(Fixture.plan(3, 3));
            screen.state("0001", "w1", BatchState.RUNNING, "");
            screen.frame(Fixture.frame(1, 0, "\u001b[34mhello\u001b[39m \u001b[2Jworld\n"));
            screen.tally("0001", new Counts(3, 1, 0, 0, 0, 2));
            while (!Files.exists(go)) {
                Thread.sleep(20);
            }
            screen.result(Fixture.allOk(1, 3));
            screen.result(Fixture.result(2, BatchState.ENDED, Outcome.OK, Outcome.FAILED));
            screen.summary(RunStatus.withoutPlan(Fixture.GUID, org.jetfanout.ExitCode.FAILED));
        }
    }
}
