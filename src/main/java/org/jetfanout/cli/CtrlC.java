package org.jetfanout.cli;

import java.io.Console;
import java.io.IOException;
import java.util.Locale;
import org.jetfanout.ExitCode;
import org.jetfanout.record.RunRecord;
import org.jetfanout.run.FanOut;
import org.jetfanout.screen.Screen;
import org.jetfanout.screen.Terminal;

/**
 * Handles Ctrl-C while a run goes on. The first one asks the user what to do, the second one ends
 * the process.
 */
final class CtrlC implements Interrupts.Handler {
    private final RunRecord record;
    private final FanOut fanOut;
    private final Screen screen;
    private final SinksAndMetrics outputs;

    /**
     * @param fanOut the run
     * @param screen is held while the question is on the terminal
     * @param outputs if they wait for sinks, Ctrl-C ends that wait
     */
    CtrlC(RunRecord record, FanOut fanOut, Screen screen, SinksAndMetrics outputs) {
        this.record = record;
        this.fanOut = fanOut;
        this.screen = screen;
        this.outputs = outputs;
    }

    @Override
    public void handle(int count, Interrupts all) {
        if (outputs.isFinishing()) {
            outputs.leave();
            return;
        }
        if (count > 1) {
            screen.close();
            Main.say(
                    "stopped here. Jobs may still run on the workers. To continue: jet-fanout"
                            + " resume "
                            + record.guid());
            fanOut.leave();
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
        }
        screen.whileHeld(() -> carryOut(answer(), all));
    }

    private void carryOut(String answer, Interrupts all) {
        switch (answer) {
            case "d" -> {
                screen.close();
                fanOut.handOver();
                try {
                    Background.start(record.folder());
                } catch (IOException e) {
                    Main.say(
                            "cannot continue in the background ("
                                    + e.getMessage()
                                    + "). To continue: jet-fanout resume "
                                    + record.guid());
                }
                Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
            }
            case "g" -> {
                all.forget();
                Main.say("continuing the run");
            }
            default -> {
                Main.say(
                        "cancelling: ending the jobs on the workers (press Ctrl-C again to stop"
                                + " at once)");
                fanOut.cancel();
            }
        }
    }

    /** Asks the user what to do. The answer is to cancel where there is no terminal to ask on. */
    @SuppressWarnings(
            "SystemConsoleNull") // where it is not null without a terminal, the terminal is asked
    // for first
    private static String answer() {
        Console console =
                Terminal.isTerminal(1) && Terminal.isTerminal(2) ? System.console() : null;
        String answer =
                console == null
                        ? "c"
                        : console.readLine(
                                "%njet-fanout: interrupted. [c]ancel the run, [d]etach (the run"
                                        + " continues in the background), [g]o on? ");
        return answer == null || answer.isBlank()
                ? "c"
                : answer.strip().substring(0, 1).toLowerCase(Locale.ROOT);
    }
}
