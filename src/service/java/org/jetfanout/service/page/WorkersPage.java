package org.jetfanout.service.page;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jetfanout.record.BatchState;
import org.jetfanout.service.views.WorkersView;
import org.jetfanout.service.views.WorkersView.WorkerLine;

/** The model of the workers of a run. Its accessors are the names in {@code workers.mustache}. */
record WorkersPage(
        PageFrame frame, RunTop run, boolean waves, String none, List<Row> rows, String more) {
    /** More are not shown at once. */
    private static final int MOST = 500;

    record Row(
            String batch,
            String name,
            String group,
            String address,
            int wave,
            StateSign state,
            OutcomeBar bar,
            String reconnects,
            String time,
            String detail,
            String before) {}

    static WorkersPage of(
            PageFrame frame, RunTop run, WorkersView workers, PageRequest request, Instant now) {
        boolean waves = workers.workers().stream().anyMatch(worker -> worker.wave() > 1);
        List<WorkerLine> sorted = new ArrayList<>(workers.workers());
        // what somebody should look at first; else in the plan's order
        sorted.sort(Comparator.comparingInt(WorkersPage::rank));
        int from = (int) Math.min(sorted.size(), request.number("after", 0));
        int to = Math.min(sorted.size(), from + MOST);
        List<Row> rows = new ArrayList<>();
        for (WorkerLine worker : sorted.subList(from, to)) {
            rows.add(row(frame, run, worker, now));
        }
        return new WorkersPage(
                frame,
                run,
                waves,
                sorted.isEmpty()
                        ? run.ended()
                                ? "The run came to no plan, so it has no workers."
                                : "There is no plan yet: the workers are here when there is one."
                        : "",
                rows,
                to < sorted.size() ? "?after=" + to : "");
    }

    private static int rank(WorkerLine worker) {
        if (worker.isTrouble() || worker.state() == BatchState.RECONNECTING) {
            return 0;
        }
        return worker.state().isLast() ? 2 : worker.state() == BatchState.QUEUED ? 3 : 1;
    }

    private static Row row(PageFrame frame, RunTop run, WorkerLine worker, Instant now) {
        return new Row(
                worker.batch(),
                PageText.text(worker.worker()),
                PageText.text(worker.group()),
                frame.base()
                        + "/runs/"
                        + run.guid()
                        + "/lines"
                        + new LinkQuery().with("worker", worker.worker()).orNothing(),
                worker.wave(),
                StateSign.of(worker),
                OutcomeBar.of(worker.counts(), worker.state().isLast()),
                worker.reconnects() == 0 ? "" : PageText.number(worker.reconnects()),
                worker.started().map(from -> PageText.took(from, worker.ended(), now)).orElse(""),
                PageText.text(worker.detail(), 2_000)
                        + (worker.complete() ? "" : " Its output is incomplete.")
                        + (worker.resumable() ? " The run can be resumed." : ""),
                worker.before().isEmpty()
                        ? ""
                        : "before: " + PageText.text(String.join(", ", worker.before())));
    }
}
