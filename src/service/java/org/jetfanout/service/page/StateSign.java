package org.jetfanout.service.page;

import java.util.Optional;
import org.jetfanout.record.BatchState;
import org.jetfanout.service.views.RunHead;
import org.jetfanout.service.views.WorkersView.WorkerLine;

/**
 * The state of a run or a worker: a colour, a shape and words, because no one of them tells it to
 * everybody.
 *
 * @param color class of the style sheet
 * @param kind name of the shape
 * @param words what people read
 */
record StateSign(String color, String kind, String words) {
    static StateSign of(RunHead run) {
        return switch (run.state()) {
            case WAITING -> new StateSign("to-do", "queued", "waits for its turn");
            case PLANNING -> new StateSign("changed", "planning", "planning");
            case RUNNING ->
                    waits(run)
                            .orElseGet(
                                    () ->
                                            new StateSign(
                                                    "changed",
                                                    "running",
                                                    isStopping(run) ? "stopping" : "running"));
            case INTERRUPTED ->
                    waits(run)
                            .orElseGet(
                                    () ->
                                            new StateSign(
                                                    "unreachable", "interrupted", "interrupted"));
            case ENDED ->
                    run.isOk()
                            ? new StateSign("ok", "ok", "ended, all well")
                            : new StateSign(
                                    "failed",
                                    "trouble",
                                    "ended, exit code " + run.exitCode().orElse(1));
        };
    }

    private static boolean isStopping(RunHead run) {
        return run.wave().filter(wave -> !wave.stopped().isEmpty()).isPresent();
    }

    private static Optional<StateSign> waits(RunHead run) {
        return run.wave()
                .filter(wave -> !wave.waitsFor().isEmpty())
                .map(
                        wave ->
                                new StateSign(
                                        "unreachable",
                                        "waiting",
                                        "waits before wave %d for %s"
                                                .formatted(
                                                        wave.nextWave(), gate(wave.waitsFor()))));
    }

    /** What a gate waits for, as the words of the record have it. */
    static String gate(String word) {
        return switch (word) {
            case "pause" -> "the end of a pause";
            case "continue" -> "somebody who continues it";
            case "check" -> "the command between waves";
            case "approval" -> "an approval";
            default -> word;
        };
    }

    static StateSign of(WorkerLine worker) {
        BatchState state = worker.state();
        String words = state.word().replace('-', ' ');
        return switch (state) {
            case QUEUED -> new StateSign("to-do", "queued", words);
            case CONNECTING -> new StateSign("to-do", "to-do", words);
            case WAITING -> new StateSign("unreachable", "waiting", words);
            case RUNNING -> new StateSign("changed", "running", words);
            case RECONNECTING -> new StateSign("unreachable", "unreachable", words);
            case ENDED ->
                    worker.isTrouble()
                            ? new StateSign("failed", "trouble", words)
                            : new StateSign("ok", "ok", words);
            case LOST -> new StateSign("unreachable", "interrupted", words);
            case NOT_STARTED -> new StateSign("not-started", "not-started", words);
            case CANCELLED -> new StateSign("unfinished", "unfinished", words);
            case REFUSED, REJECTED, INCOMPLETE, TIMED_OUT ->
                    new StateSign("failed", "trouble", words);
        };
    }
}
