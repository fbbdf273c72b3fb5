package org.jetfanout.screen;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.RunEvent;
import org.jetfanout.runner.Outcome;
import org.jetfanout.status.Progress;
import org.jetfanout.status.RunStatus;
import org.jetfanout.testkit.Fixture;
import org.jetfanout.testkit.Waiting;

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
        Progress progress = new Progress();
        try (Screen screen = options.open(System.getenv(), progress)) {
            Consumer<RunEvent> tell =
                    event -> {
                        event.tell(progress);
                        event.tell(screen);
                    };
            screen.run(Fixture.GUID);
            tell.accept(new RunEvent.Planned(Fixture.plan(3, 3)));
            tell.accept(new RunEvent.State("0001", "w1", BatchState.RUNNING, ""));
            tell.accept(
                    new RunEvent.Output(
                            Fixture.frame(1, 0, "\u001b[34mhello\u001b[39m \u001b[2Jworld\n")));
            tell.accept(new RunEvent.Tally("0001", new Counts(3, 1, 0, 0, 0, 2)));
            Waiting.until("it may go on", () -> Files.exists(go));
            tell.accept(new RunEvent.Result(Fixture.allOk(1, 3)));
            tell.accept(
                    new RunEvent.Result(
                            Fixture.result(2, BatchState.ENDED, Outcome.OK, Outcome.FAILED)));
            screen.summary(RunStatus.withoutPlan(Fixture.GUID, org.jetfanout.ExitCode.FAILED));
        }
    }
}
