package org.jetfanout.screen;

import java.time.Clock;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.Counts;
import org.jetfanout.record.Line;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.text.Counted;
import org.jetfanout.text.Text;
import org.jetfanout.text.Times;

/**
 * Makes the plain lines of a run: {@code 2026-01-02T12:03:04+01:00 <guid> web-worker-1 batch 0001:
 * running}.
 */
final class StateLine {
    private final String guid;
    private final Clock clock;

    StateLine(String guid, Clock clock) {
        this.guid = guid;
        this.clock = clock;
    }

    String planned(Plan plan) {
        return line(
                "plan: %s, %s%s"
                        .formatted(
                                Counted.text(plan.hosts(), "host"),
                                Counted.text(plan.batches().size(), "worker"),
                                plan.unmatched().isEmpty()
                                        ? ""
                                        : ", %s skipped (in no group of the worker map)"
                                                .formatted(
                                                        Counted.text(
                                                                plan.unmatched().size(), "host"))));
    }

    String rollout(RolloutState state) {
        return line(
                state.isStopped()
                        ? "stopped: " + clean(state.stopped())
                        : state.waits()
                                .map(
                                        wait ->
                                                "before wave %d, waiting for %s"
                                                        .formatted(
                                                                wait.wave(), wait.kind().words()))
                                .orElse(
                                        "wave %d of %d begins"
                                                .formatted(state.wave(), state.waves())));
    }

    String state(RunEvent.State event) {
        String detail = event.detail();
        return of(
                event.batch(),
                event.worker(),
                detail.startsWith(event.state().word())
                        ? detail
                        : event.state().word() + (detail.isEmpty() ? "" : ", " + detail));
    }

    String result(BatchResult result) {
        Counts counts = result.counts();
        StringBuilder text = new StringBuilder(result.state().word());
        text.append(" after ").append(Columns.clock(result.time())).append(", ");
        text.append(counts.text());
        if (!result.complete()) {
            text.append(", output incomplete");
        }
        if (!result.reason().isEmpty()) {
            text.append(", ").append(result.reason());
        }
        return of(result.batch(), result.worker(), text.toString());
    }

    /** Appends an output line with its tag: {@code <guid> <worker>: <line>}. */
    static void tagged(StringBuilder to, Line line, boolean colour) {
        to.append(line.guid()).append(' ').append(clean(line.worker())).append(": ");
        to.append(Text.forTerminal(line.text(), colour));
        if (line.cut()) {
            to.append(" [cut, continues]");
        }
        to.append('\n');
    }

    private String of(String batch, String worker, String text) {
        return line("%s batch %s: %s".formatted(clean(worker), clean(batch), clean(text)));
    }

    private String line(String text) {
        return Times.text(clock.instant(), clock.getZone()) + " " + guid + " " + text + "\n";
    }

    private static String clean(String text) {
        return Text.forTerminal(text, false);
    }
}
