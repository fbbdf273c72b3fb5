package org.jetfanout.service.page;

import java.util.ArrayList;
import java.util.List;
import org.jetfanout.service.views.PlanView;

/** The model of the plan of a run. Its accessors are the names in {@code plan.mustache}. */
record PlanPage(
        PageFrame frame,
        RunTop run,
        boolean waves,
        String none,
        String summary,
        List<String> notes,
        List<Row> rows,
        String more) {
    /** So many batches are in a page. */
    static final int BATCHES = 300;

    record Row(int wave, String batch, String name, String login, String number, String ranges) {}

    boolean hasNotes() {
        return !notes.isEmpty();
    }

    static PlanPage of(PageFrame frame, RunTop run, PlanView plan) {
        List<String> notes = new ArrayList<>();
        plan.rules()
                .forEach(
                        (name, value) ->
                                notes.add(PageText.text(name) + ": " + PageText.text(value)));
        if (plan.playsFront() > 0) {
            notes.add(
                    "Workers wait for each other between plays. Play %d is the first that not all have ended."
                            .formatted(plan.playsFront()));
        }
        if (!plan.playsStopped().isEmpty()) {
            notes.add("Later plays do not run: " + PageText.text(plan.playsStopped()));
        }
        if (!plan.unmatched().isEmpty()) {
            notes.add("Without a worker, skipped: " + PageText.text(plan.unmatched()));
        }
        List<Row> rows = new ArrayList<>();
        for (PlanView.PlannedBatch batch : plan.batches()) {
            rows.add(
                    new Row(
                            batch.wave(),
                            batch.batch(),
                            PageText.text(batch.worker()),
                            PageText.text(
                                    (batch.user().isEmpty() ? "" : batch.user() + "@")
                                            + batch.address()
                                            + (batch.port() == 22 || batch.port() == 0
                                                    ? ""
                                                    : ":" + batch.port())),
                            PageText.number(batch.hosts()),
                            PageText.text(batch.ranges()) + (batch.cut() ? " …" : "")));
        }
        return new PlanPage(
                frame,
                run,
                plan.waves() > 1,
                plan.total() == 0
                        ? run.ended() ? "The run came to no plan." : "There is no plan yet."
                        : "",
                "%s in %s%s"
                        .formatted(
                                PageText.counted(plan.hosts(), "host"),
                                plan.total() == 1
                                        ? "1 batch"
                                        : PageText.number(plan.total()) + " batches",
                                plan.waves() > 1 ? ", " + plan.waves() + " waves" : ""),
                notes,
                rows,
                plan.next().isEmpty() ? "" : "?" + new LinkQuery().with("after", plan.next()));
    }
}
