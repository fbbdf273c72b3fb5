package org.jetfanout.screen;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.status.Progress;
import org.jetfanout.status.RolloutStatus;
import org.jetfanout.text.Counted;
import org.jetfanout.text.Text;

/**
 * The lines of the live view: one for each worker where they fit, totals where there are too many,
 * and a progress bar over the hosts. No line is wider than the terminal. Pure functions.
 */
final class LiveView {
    private static final String RED = "\u001b[31m";
    private static final String RESET = "\u001b[0m";
    private static final int LONGEST_WORKER = 30;
    private static final int BAR = 30;

    private LiveView() {}

    /**
     * @param guid the run
     * @param begun when the run began
     */
    static List<String> lines(
            String guid, Instant begun, Progress.Snapshot now, Instant time, Terminal.Size size) {
        // the last column stays free, because some terminals wrap when it is written
        int width = Math.max(1, size.columns() - 1);
        // one row stays free for the cursor
        int rows = Math.max(1, size.rows() - 1);
        List<String> lines = new ArrayList<>();
        if (rows > 1) {
            lines.add(
                    Columns.cut(
                            "run "
                                    + guid
                                    + "  "
                                    + Columns.clock(Duration.between(begun, time))
                                    + "  "
                                    + Counted.text(now.batches().size(), "worker"),
                            width));
        }
        if (rows > 3) {
            now.rollout()
                    .ifPresent(
                            rollout ->
                                    lines.add(Columns.cut(clean(rollout(rollout, guid)), width)));
        }
        int room = rows - lines.size() - 1;
        if (now.batches().size() <= room) {
            addWorkers(lines, now.batches(), time, width);
        } else if (room > 0) {
            lines.add(Columns.cut(states(now), width));
            List<Progress.BatchProgress> trouble =
                    now.batches().stream()
                            .filter(batch -> batch.state().isTrouble())
                            .limit(Math.max(0, room - 1))
                            .toList();
            addWorkers(lines, trouble, time, width);
        }
        lines.add(Columns.cut(bar(now.totals(), width), width));
        return lines;
    }

    private static String rollout(RolloutStatus rollout, String guid) {
        return rollout.text()
                + rollout.stopped().or(() -> rollout.waits(guid)).map("; "::concat).orElse("");
    }

    /**
     * The lines before there is a plan.
     *
     * @param doing what jet-fanout does now
     */
    static List<String> doing(
            String guid, Instant begun, String doing, Instant time, Terminal.Size size) {
        return List.of(
                Columns.cut(
                        "run "
                                + guid
                                + "  "
                                + Columns.clock(Duration.between(begun, time))
                                + "  "
                                + clean(doing),
                        Math.max(1, size.columns() - 1)));
    }

    private static void addWorkers(
            List<String> lines, List<Progress.BatchProgress> batches, Instant time, int width) {
        int name = 0;
        for (Progress.BatchProgress batch : batches) {
            name = Math.max(name, Columns.width(clean(batch.worker())));
        }
        name = Math.min(name, LONGEST_WORKER);
        for (Progress.BatchProgress batch : batches) {
            lines.add(worker(batch, name, time, width));
        }
    }

    private static String worker(Progress.BatchProgress batch, int name, Instant time, int width) {
        Counts counts = batch.counts();
        int failed = counts.failed() + counts.unreachable();
        boolean trouble = batch.state().isTrouble() || failed > 0;
        boolean why = batch.state().isTrouble() || batch.state() == BatchState.WAITING;
        String detail = why || batch.lastLine().isEmpty() ? batch.detail() : "";
        String line =
                Columns.fit(clean(batch.worker()), name)
                        + " "
                        + Columns.fit(batch.state().word(), 12)
                        + " "
                        + Columns.right(counts.done() + "/" + counts.hosts(), 11)
                        + " "
                        + Columns.fit(failed > 0 ? failed + " failed" : "", 12)
                        + " "
                        + Columns.right(batch.time(time).map(Columns::clock).orElse("-"), 7)
                        + "  "
                        + clean(detail.isEmpty() ? batch.lastLine() : detail);
        String cut = Columns.cut(line.stripTrailing(), width);
        return trouble ? RED + cut + RESET : cut;
    }

    private static String states(Progress.Snapshot now) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<BatchState, Integer> state : now.states().entrySet()) {
            text.append(text.length() > 0 ? ", " : "workers: ")
                    .append(state.getValue())
                    .append(' ')
                    .append(state.getKey().word());
        }
        return text.toString();
    }

    private static String bar(Counts totals, int width) {
        int bar = Math.min(BAR, width - 50);
        double share = totals.hosts() == 0 ? 0 : (double) totals.done() / totals.hosts();
        // rounded down, so that 100% appears only when all are done
        String text = "%3d%%  ".formatted((int) (100 * share)) + text(totals);
        if (bar < 5) {
            return text.strip();
        }
        int full = (int) (bar * share);
        return "[" + "#".repeat(full) + "-".repeat(bar - full) + "] " + text;
    }

    private static String text(Counts totals) {
        StringBuilder text = new StringBuilder();
        text.append(totals.done()).append('/').append(totals.hosts()).append(" hosts");
        appendCount(text, totals.ok(), "ok");
        appendCount(text, totals.changed(), "changed");
        appendCount(text, totals.failed(), "failed");
        appendCount(text, totals.unreachable(), "unreachable");
        return text.toString();
    }

    private static void appendCount(StringBuilder text, int count, String kind) {
        if (count > 0) {
            text.append(", ").append(count).append(' ').append(kind);
        }
    }

    private static String clean(String text) {
        return Text.forTerminal(Text.plain(text), false).replace('\t', ' ');
    }
}
