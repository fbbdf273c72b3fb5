package org.jetfanout.cli;

import java.util.Optional;
import org.jetfanout.machine.StandardOutput;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Stream;
import org.jetfanout.screen.Screen;
import org.jetfanout.screen.Terminal;
import org.jetfanout.status.RunStatus;

/**
 * A screen that shows no lines while the run goes on, but before the summary the output of all
 * hosts, equal output once. Thread-safe.
 */
final class GatheringScreen implements Screen {
    private final Screen screen;
    private final RunRecord record;
    private final boolean json;

    /**
     * @param json whether standard output is for programs: then the lines stay
     */
    GatheringScreen(Screen screen, RunRecord record, boolean json) {
        this.screen = screen;
        this.record = record;
        this.json = json;
    }

    @Override
    public void run(String guid) {
        screen.run(guid);
    }

    @Override
    public void doing(String what) {
        screen.doing(what);
    }

    @Override
    public void planned(RunEvent.Planned event) {
        screen.planned(event);
    }

    @Override
    public void resumed(RunEvent.Resumed event) {
        screen.resumed(event);
    }

    @Override
    public void tally(RunEvent.Tally event) {
        screen.tally(event);
    }

    @Override
    public void signed(RunEvent.Signed event) {
        screen.signed(event);
    }

    @Override
    public void state(RunEvent.State event) {
        screen.state(event);
    }

    @Override
    public void rollout(RunEvent.Rollout event) {
        screen.rollout(event);
    }

    @Override
    public void output(RunEvent.Output event) {
        if (json || event.frame().stream() != Stream.OUTPUT) {
            screen.output(event);
        }
    }

    @Override
    public void result(RunEvent.Result event) {
        screen.result(event);
    }

    @Override
    public void summary(RunStatus status) {
        screen.whileHeld(this::print);
        screen.summary(status);
    }

    private void print() {
        boolean colour =
                Terminal.isTerminal(1)
                        && Optional.ofNullable(System.getenv("NO_COLOR")).orElse("").isEmpty();
        GatheredText.print(record, StandardOutput.stream(), json, colour);
    }

    @Override
    public void hold() {
        screen.hold();
    }

    @Override
    public void release() {
        screen.release();
    }

    @Override
    public void close() {
        screen.close();
    }
}
